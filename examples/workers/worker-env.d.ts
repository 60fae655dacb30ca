/** What `wrangler types` writes for a Worker of your own. */
declare module 'cloudflare:workers' {
  export const env: {
    readonly PROFILE: 'r2' | 's3' | 'seaweedfs';
    readonly REGION: string;
    readonly ENDPOINT: string;
    readonly BUCKET: string;
    readonly ACCESS_KEY_ID: string;
    readonly SECRET_ACCESS_KEY: string;
    readonly APP_TOKEN: string;
    readonly VALETKEY_SECRET: string;
  };
}
