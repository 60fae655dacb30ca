export { de } from './locales/de.ts';
export { fr } from './locales/fr.ts';
export { es } from './locales/es.ts';
export { ptBR } from './locales/pt-br.ts';
export { ja } from './locales/ja.ts';
export { zhCN } from './locales/zh-cn.ts';
export { type ValetkeyLocale } from './plugin/locale.ts';
