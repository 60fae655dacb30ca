import { DropdownMenu } from 'radix-ui';

/** What can be done with the selected object. */
export function ActionsMenu({
  isDisabled,
  onShare,
  onDownload,
  onCopyKey,
}: {
  readonly isDisabled: boolean;
  readonly onShare: () => void;
  readonly onDownload: () => void;
  readonly onCopyKey: () => void;
}) {
  return (
    // Not modal: a modal one would put a style element into the page, which the page's policy forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger disabled={isDisabled}>
        Actions <span className="chevron" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          <DropdownMenu.Item onSelect={onShare}>Create pre-signed URL</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={onDownload}>Download</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={onCopyKey}>Copy key</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
