import type { Pod } from '../api/types.ts'

const HOSTNAME_LENGTH_MOST = 63

/** The host name that a pod sees: what its spec says, else its name, cut to what a host name may have. */
export function hostnameOf(pod: Pod): string {
  const name = pod.spec.hostnameOverride ?? pod.spec.hostname ?? pod.metadata.name
  return name.slice(0, HOSTNAME_LENGTH_MOST).replace(/[-.]+$/, '')
}

/** `web-0.nginx.default.svc.cluster.local`, for pods with a subdomain; else undefined. */
export function fullyQualifiedNameOf(pod: Pod, clusterDomain: string): string | undefined {
  const { subdomain } = pod.spec
  if (!subdomain) return undefined
  return `${hostnameOf(pod)}.${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`
}
