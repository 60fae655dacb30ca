#!/usr/bin/env -S node --conditions=@valetkey/source --disable-warning=ExperimentalWarning
/** Runs the kubectl plugin from source, without a build. What is published is `dist/kubectl-plugin.js`. */
import '../src/kubectl-plugin.ts';
