import type { Pod } from '../api/types.ts'
import { fullyQualifiedNameOf, hostnameOf } from './hostname.ts'

/** How names are looked up inside the cluster. */
export interface ClusterDns {
  readonly domain: string
  /** The service address of the cluster's DNS. */
  readonly servers: readonly string[]
  /** What the machine itself uses, for pods with `dnsPolicy: Default`. */
  readonly host: DnsSettings
}

export interface DnsSettings {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** A pod's resolv.conf by its DNS policy, with its own `dnsConfig` on top. */
export function dnsSettingsOf(pod: Pod, dns: ClusterDns): DnsSettings {
  const base = basicSettings(pod, dns)
  const own = pod.spec.dnsConfig
  return {
    servers: unique([...base.servers, ...(own?.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own?.searches ?? [])]),
    options: mergeOptions(
      base.options,
      (own?.options ?? []).map((one) => (one.value === undefined ? `${one.name}` : `${one.name}:${one.value}`)),
    ),
  }
}

const EMPTY: DnsSettings = { servers: [], searches: [], options: [] }

function basicSettings(pod: Pod, dns: ClusterDns): DnsSettings {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return EMPTY
  if (policy === 'Default' || (policy === 'ClusterFirst' && pod.spec.hostNetwork === true)) return dns.host
  const searches = [`${pod.metadata.namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain]
  return { servers: dns.servers, searches: [...searches, ...dns.host.searches], options: ['ndots:5'] }
}

/** A later option replaces an earlier one of the same name. */
function mergeOptions(base: readonly string[], own: readonly string[]): readonly string[] {
  const nameOf = (option: string) => option.split(':')[0]
  const replaced = new Set(own.map(nameOf))
  return [...base.filter((one) => !replaced.has(nameOf(one))), ...own]
}

const unique = (list: readonly string[]): readonly string[] => [...new Set(list)]

/** A pod's /etc/hosts: itself under its full and short name, and its host aliases. */
export function hostsFileOf(pod: Pod, podIps: readonly string[], clusterDomain: string): string {
  const names = [fullyQualifiedNameOf(pod, clusterDomain), hostnameOf(pod)].filter((name) => name !== undefined)
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...podIps.map((ip) => `${ip}\t${names.join('\t')}`),
  ]
  const aliases = (pod.spec.hostAliases ?? []).map(({ hostnames = [], ip }) => `${ip}\t${hostnames.join('\t')}`)
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.', ...aliases)
  return `${lines.join('\n')}\n`
}
