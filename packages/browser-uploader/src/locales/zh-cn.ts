import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in Simplified Chinese.
 * @public
 */
export const zhCN: ValetkeyLocale = {
  pluralize: () => 0,
  strings: {
    limitsUnknown: '尚不清楚此次上传的限制',
    stalling: '30 秒没有进展，正在重试',
    notRemembered: '重新加载此页面后，上传不会继续',
    uploaded: { 0: '已上传 %{smart_count} 个文件' },
    pickAgain: '请重新选择“%{file}”：上传将从中断处继续。',
    onlyLocal: '“%{file}”不在此设备上，这里只能上传设备上的文件。',
    unauthenticated: '您尚未登录或登录已失效。请登录后重试。',
    forbidden: '您无权在此上传。',
    'already-exists': '已存在同名文件，策略不允许替换。请重命名该文件。',
    superseded: '在此期间，另一次上传替换了此文件。',
    'line-too-slow': '上传所需时间超过了 URL 的有效期。请使用更快的网络，或请求在策略中延长有效期。',
    cors: '存储或服务不允许此页面上传。请将以下内容告知管理员：%{message}',
    network: '无法连接。请检查网络后重试。',
    stalled: '上传没有进展。请检查网络后重试。',
    'file-changed': '文件在上传期间被更改，或已无法读取。请重新选择。',
    'store-refused': '存储拒绝了此次上传。请将以下内容告知管理员：%{message}',
    'upload-expired': '此次上传的时限已过。请重新开始。',
    'clock-skewed': '服务与存储的时钟不一致。请将以下内容告知管理员：%{message}',
  },
};
