import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in Japanese.
 * @public
 */
export const ja: ValetkeyLocale = {
  pluralize: () => 0,
  strings: {
    limitsUnknown: 'このアップロードの制限はまだ分かりません',
    stalling: '30 秒間進んでいません。もう一度試しています',
    notRemembered: 'このページを再読み込みすると、アップロードは続きません',
    uploaded: { 0: '%{smart_count} 個のファイルをアップロードしました' },
    pickAgain: '「%{file}」をもう一度選んでください。止まったところから続きます。',
    onlyLocal: '「%{file}」はこの端末にありません。ここでは端末にあるファイルだけをアップロードできます。',
    unauthenticated:
      'サインインしていないか、サインインの期限が切れました。サインインしてもう一度お試しください。',
    forbidden: 'ここにアップロードする権限がありません。',
    'already-exists':
      '同じ名前のファイルがすでにあり、ポリシーにより置き換えられません。ファイル名を変えてください。',
    superseded: 'その間に、別のアップロードがこのファイルを置き換えました。',
    'line-too-slow':
      'URL の有効期間内にアップロードが終わりません。より速い回線を使うか、ポリシーの有効期間を延ばすよう依頼してください。',
    cors: 'ストレージまたはサービスが、このページからのアップロードを許可していません。管理者に次の内容を伝えてください: %{message}',
    network: '接続できません。ネットワークを確認して、もう一度お試しください。',
    stalled: 'アップロードが進みませんでした。ネットワークを確認して、もう一度お試しください。',
    'file-changed':
      'アップロード中にファイルが変更されたか、読み取れなくなりました。もう一度選んでください。',
    'store-refused': 'ストレージがアップロードを拒否しました。管理者に次の内容を伝えてください: %{message}',
    'upload-expired': 'このアップロードの期限が切れました。もう一度始めてください。',
    'clock-skewed': 'サービスとストレージの時計がずれています。管理者に次の内容を伝えてください: %{message}',
  },
};
