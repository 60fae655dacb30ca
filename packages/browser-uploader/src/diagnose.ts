export { diagnose } from './engine/diagnose/diagnose.ts';
export { type Check, type CheckResult, type Diagnosis } from './engine/diagnose/diagnosis.ts';
