import { writeFileSync } from 'node:fs'
import type { KeyPair } from './x509.ts'

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443` */
  readonly server: string
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string
  readonly cluster: string
  readonly user: string
  /** A client certificate, or a bearer token. */
  readonly credentials: KeyPair | { readonly token: string }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig that needs no other file. JSON is YAML, and needs no library to write. */
function kubeconfigText({ server, authority, cluster, user, credentials }: KubeconfigOptions): string {
  const identity =
    'token' in credentials
      ? { token: credentials.token }
      : { 'client-certificate-data': base64(credentials.certificate), 'client-key-data': base64(credentials.key) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    users: [{ name: user, user: identity }],
    contexts: [{ name: cluster, context: { cluster, user, namespace: 'default' } }],
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Writes it so that only its owner can read it. */
export function writeKubeconfig(file: string, options: KubeconfigOptions): void {
  writeFileSync(file, kubeconfigText(options), { mode: 0o600 })
}
