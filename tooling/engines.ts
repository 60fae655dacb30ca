/** Starts the engines that tests ask for, once per run. */
export default function startEngines(): void {
  // The engines come with packages/testbed.
}
