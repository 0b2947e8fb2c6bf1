import type { ServiceEndpoint, ServicePort } from './model.ts'

/** The one table that belongs to Berth; nothing outside it is touched. */
export const TABLE = 'ip berth'

/** Packets with this mark leave with the node's address, so that the answer comes back through it. */
const MASQUERADE_MARK = '0x4000'

export interface RulesetOptions {
  /** The range of service addresses: a client on the node itself has no usable source address for it. */
  readonly serviceRange: string
}

/**
 * The table without any service. Hooks at numeric priorities, because older nft knows their names in
 * prerouting only. A connection goes: service address → chain of the service → chain of one endpoint.
 */
export function emptyRuleset({ serviceRange }: RulesetOptions): string {
  return `add table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  map node_ports { type inet_proto . inet_service : verdict; }
  map no_endpoints { type ipv4_addr . inet_proto . inet_service : verdict; }
  chain refuse {
    reject
  }
  chain dispatch {
    ip daddr . meta l4proto . th dport vmap @services
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @node_ports
  }
  chain prerouting {
    type nat hook prerouting priority -100; policy accept;
    jump dispatch
  }
  chain output {
    type nat hook output priority -100; policy accept;
    ip daddr ${serviceRange} meta mark set meta mark | ${MASQUERADE_MARK}
    jump dispatch
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    meta mark & ${MASQUERADE_MARK} != 0 ct status dnat masquerade
  }
  chain refuse_input {
    type filter hook input priority 0; policy accept;
    ct state new ip daddr . meta l4proto . th dport vmap @no_endpoints
  }
  chain refuse_forward {
    type filter hook forward priority 0; policy accept;
    ct state new ip daddr . meta l4proto . th dport vmap @no_endpoints
  }
  chain refuse_output {
    type filter hook output priority 0; policy accept;
    ct state new ip daddr . meta l4proto . th dport vmap @no_endpoints
  }
}
`
}

/**
 * The commands that turn the rules of `before` into those of `after`, for one transaction; '' when
 * nothing changed. A changed endpoint touches the chains of its own service only.
 */
export function rulesetDelta(
  before: ReadonlyMap<string, ServicePort>,
  after: ReadonlyMap<string, ServicePort>,
): string {
  const lines: string[] = []
  for (const [id, old] of before) if (!after.has(id)) lines.push(...removePort(old))
  for (const [id, port] of after) {
    const old = before.get(id)
    if (old === undefined) lines.push(...addPort(port))
    else if (!isSame(old, port))
      lines.push(...(isReachedAlike(old, port) ? changePort(old, port) : [...removePort(old), ...addPort(port)]))
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

const isSame = (a: ServicePort, b: ServicePort): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** Only the endpoints differ, and both have some or both have none. */
function isReachedAlike(a: ServicePort, b: ServicePort): boolean {
  return a.endpoints.length > 0 && b.endpoints.length > 0 && isSame({ ...a, endpoints: [] }, { ...b, endpoints: [] })
}

const serviceChain = (port: ServicePort): string => `service/${port.id}`
const endpointChain = (port: ServicePort, one: ServiceEndpoint): string =>
  `endpoint/${port.id}/${one.address}/${one.port}`
const affinitySet = (port: ServicePort, one: ServiceEndpoint): string =>
  `affinity/${port.id}/${one.address}/${one.port}`
const nodePortChain = (port: ServicePort): string => `node/${port.id}`

function addPort(port: ServicePort): readonly string[] {
  if (port.endpoints.length === 0) return elements(port, { verb: 'add', map: 'no_endpoints', verdict: 'goto refuse' })
  return [
    ...port.endpoints.flatMap((one) => addEndpoint(port, one)),
    `add chain ${TABLE} ${serviceChain(port)}`,
    ...serviceRules(port),
    ...elements(port, { verb: 'add', map: 'services', verdict: `goto ${serviceChain(port)}` }),
    ...addNodePort(port),
  ]
}

function removePort(port: ServicePort): readonly string[] {
  if (port.endpoints.length === 0)
    return elements(port, { verb: 'delete', map: 'no_endpoints', verdict: 'goto refuse' })
  return [
    ...elements(port, { verb: 'delete', map: 'services', verdict: `goto ${serviceChain(port)}` }),
    ...removeNodePort(port),
    `flush chain ${TABLE} ${serviceChain(port)}`,
    `delete chain ${TABLE} ${serviceChain(port)}`,
    ...port.endpoints.flatMap((one) => removeEndpoint(port, one)),
  ]
}

/** New endpoints first, then the dealing among them, then the old ones go: at no moment is there nowhere to go. */
function changePort(old: ServicePort, port: ServicePort): readonly string[] {
  const has = (list: readonly ServiceEndpoint[], wanted: ServiceEndpoint) =>
    list.some((one) => one.address === wanted.address && one.port === wanted.port)
  return [
    ...port.endpoints.filter((one) => !has(old.endpoints, one)).flatMap((one) => addEndpoint(port, one)),
    `flush chain ${TABLE} ${serviceChain(port)}`,
    ...serviceRules(port),
    ...old.endpoints.filter((one) => !has(port.endpoints, one)).flatMap((one) => removeEndpoint(old, one)),
  ]
}

/** Who has been here lately goes where they were; everybody else is dealt out by chance. */
function serviceRules(port: ServicePort): readonly string[] {
  const rule = (text: string) => `add rule ${TABLE} ${serviceChain(port)} ${text}`
  const known = port.affinitySeconds === undefined ? [] : port.endpoints
  const verdicts = port.endpoints.map((one, at) => `${at} : goto ${endpointChain(port, one)}`)
  return [
    ...known.map((one) => rule(`ip saddr @${affinitySet(port, one)} goto ${endpointChain(port, one)}`)),
    rule(`numgen random mod ${verdicts.length} vmap { ${verdicts.join(', ')} }`),
  ]
}

/** A pod that reaches itself through its service needs the node's address as source, or it would answer itself directly. */
function addEndpoint(port: ServicePort, one: ServiceEndpoint): readonly string[] {
  const chain = endpointChain(port, one)
  const rule = (text: string) => `add rule ${TABLE} ${chain} ${text}`
  const set = affinitySet(port, one)
  const withAffinity = port.affinitySeconds !== undefined
  return [
    ...(withAffinity
      ? [`add set ${TABLE} ${set} { type ipv4_addr; flags dynamic,timeout; timeout ${port.affinitySeconds}s; }`]
      : []),
    `add chain ${TABLE} ${chain}`,
    rule(`ip saddr ${one.address} meta mark set meta mark | ${MASQUERADE_MARK}`),
    ...(withAffinity ? [rule(`update @${set} { ip saddr }`)] : []),
    rule(`meta l4proto ${port.protocol} dnat to ${one.address}:${one.port}`),
  ]
}

function removeEndpoint(port: ServicePort, one: ServiceEndpoint): readonly string[] {
  const chain = endpointChain(port, one)
  return [
    `flush chain ${TABLE} ${chain}`,
    `delete chain ${TABLE} ${chain}`,
    ...(port.affinitySeconds === undefined ? [] : [`delete set ${TABLE} ${affinitySet(port, one)}`]),
  ]
}

function elements(
  port: ServicePort,
  change: { readonly verb: 'add' | 'delete'; readonly map: string; readonly verdict: string },
): readonly string[] {
  return port.ips.map(
    (ip) =>
      `${change.verb} element ${TABLE} ${change.map} { ${ip} . ${port.protocol} . ${port.port} : ${change.verdict} }`,
  )
}

/** Through a node's port the client may be anybody: the answer has to come back through the node, if the endpoint is elsewhere. */
function addNodePort(port: ServicePort): readonly string[] {
  if (!port.nodePort) return []
  const chain = nodePortChain(port)
  return [
    `add chain ${TABLE} ${chain}`,
    ...(port.keepsSource ? [] : [`add rule ${TABLE} ${chain} meta mark set meta mark | ${MASQUERADE_MARK}`]),
    `add rule ${TABLE} ${chain} goto ${serviceChain(port)}`,
    `add element ${TABLE} node_ports { ${port.protocol} . ${port.nodePort} : goto ${chain} }`,
  ]
}

function removeNodePort(port: ServicePort): readonly string[] {
  if (!port.nodePort) return []
  const chain = nodePortChain(port)
  return [
    `delete element ${TABLE} node_ports { ${port.protocol} . ${port.nodePort} : goto ${chain} }`,
    `flush chain ${TABLE} ${chain}`,
    `delete chain ${TABLE} ${chain}`,
  ]
}
