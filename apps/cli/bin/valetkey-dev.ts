#!/usr/bin/env -S node --conditions=@valetkey/source --disable-warning=ExperimentalWarning
/** Runs the command from source, without a build. What is published is `dist/main.js`. */
import '../src/main.ts';
