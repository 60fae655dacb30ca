import type { AnyShareStore, ShareInputs } from './share-inputs.ts';
import type { InvalidStore } from './v1alpha1/read-platform.ts';

/**
 * What a decision needs of the store that a Share names.
 * @public
 */
export function toStoreInputs(
  store: AnyShareStore | InvalidStore | undefined,
): Pick<ShareInputs, 'store' | 'hasInvalidStore'> {
  switch (store?.kind) {
    case 'ShareStore':
    case 'ClusterShareStore':
      return { store };
    case 'InvalidShareStore':
    case 'InvalidClusterShareStore':
      return { hasInvalidStore: true };
    case undefined:
      return {};
  }
}
