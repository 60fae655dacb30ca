export { cacheFolder } from './engine/cache-folder.ts';
export {
  type EngineExit,
  type EngineOptions,
  type EngineProcess,
  startEngine,
} from './engine/engine-process.ts';
export { findProgram } from './engine/find-program.ts';
export { freePorts } from './engine/free-port.ts';
export { installOnce } from './engine/install-once.ts';
export { MissingEngine, type MissingEngineFacts } from './engine/missing-engine.ts';
export type { Report } from './engine/report.ts';
export { runCommand, type RunCommandOptions } from './engine/run-command.ts';
export { type TemporaryFolder, temporaryFolder } from './engine/temporary-folder.ts';
