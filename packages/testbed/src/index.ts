export { chosenGroups, type EngineGroup } from './chosen-engines.ts';
export type { ChromiumDescription } from './chromium/chromium-description.ts';
export { connectChromium } from './chromium/connect-chromium.ts';
export { type ChromiumProgram, obtainChromium } from './chromium/obtain-chromium.ts';
export { type RunningChromium, startChromium } from './chromium/start-chromium.ts';
export { type ChromiumEngine, startChromiumEngine } from './chromium/start-chromium-engine.ts';
export { cacheFolder } from './engine/cache-folder.ts';
export {
  type EngineExit,
  type EngineOptions,
  type EngineProcess,
  startEngine,
} from './engine/engine-process.ts';
export { findProgram, isExecutableFile } from './engine/find-program.ts';
export { freePort, freePorts } from './engine/free-port.ts';
export { guardChild } from './engine/guard-child.ts';
export { installOnce } from './engine/install-once.ts';
export { isLiveProcess } from './engine/live-process.ts';
export { MissingEngine, type MissingEngineFacts } from './engine/missing-engine.ts';
export type { Report } from './engine/report.ts';
export { runCommand, type RunCommandOptions } from './engine/run-command.ts';
export { type TemporaryFolder, temporaryFolder } from './engine/temporary-folder.ts';
export type {
  BlackHoleFault,
  CutAnswerFault,
  DelayFault,
  Fault,
  FaultMatch,
  FaultRule,
  HideHeadersFault,
  LostAnswerFault,
  ResetFault,
  StatusFault,
  StopReadingFault,
  ThrottleFault,
} from './faults/fault-rule.ts';
export { s3Fault } from './faults/s3-fault.ts';
export { s3Operation } from './faults/s3-operation.ts';
export {
  type FaultLayer,
  type FaultLayerOptions,
  type FaultLogEntry,
  startFaultLayer,
} from './faults/start-fault-layer.ts';
export { startTcpProxy, type TcpFault, type TcpProxy } from './faults/start-tcp-proxy.ts';
export { type HelmDescription, obtainHelm } from './helm/helm-install.ts';
export type { AuditEvent } from './kubernetes/audit-log.ts';
export type { ControlPlaneDescription } from './kubernetes/control-plane-description.ts';
export {
  type ApiAnswer,
  type ApiRequestOptions,
  type ControlPlane,
  controlPlane,
} from './kubernetes/control-plane.ts';
export { toKubeconfig } from './kubernetes/kubeconfig.ts';
export { obtainKubernetes, type KubernetesPrograms } from './kubernetes/kubernetes-install.ts';
export { type ControlPlaneEngine, startKubernetes } from './kubernetes/start-kubernetes.ts';
export { obtainPrometheus, type PrometheusDescription } from './prometheus/prometheus-install.ts';
export type { EngineDescriptions, EngineName } from './provided.ts';
export type { RedisDescription } from './redis/redis-description.ts';
export { obtainRedis } from './redis/redis-install.ts';
export { type RedisEngine, startRedis } from './redis/start-redis.ts';
export { requireEngine } from './require-engine.ts';
export { obtainNode22 } from './runtimes/obtain-node-22.ts';
export { type RunningWorker, startWorkerd } from './runtimes/start-workerd.ts';
export { allowOrigins } from './s3/allow-origins.ts';
export { existingS3 } from './s3/existing-s3.ts';
export { type NewObject, putObject } from './s3/put-object.ts';
export { createBucket, s3Admin } from './s3/s3-admin.ts';
export type { S3Description, S3Engine, StsDescription } from './s3/s3-description.ts';
export { seaweedfsWebIdentityRoleArn, type TrustedIssuer } from './s3/seaweedfs-roles.ts';
export { startSeaweedfs, type StartSeaweedfsOptions } from './s3/seaweedfs.ts';
export { obtainSeaweedfs } from './s3/seaweedfs-install.ts';
export { startS3 } from './s3/start-s3.ts';
export { startVersitygw } from './s3/versitygw.ts';
export { obtainVersitygw } from './s3/versitygw-install.ts';
export { soak, type SoakProperty } from './soak.ts';
