import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { isIP } from '../validation/addresses.ts'
import { formed, formedIfSet, requiredFormed } from '../validation/checks.ts'
import { dnsLabel, dnsSubdomain, pathSegment, portName, wildcardSubdomain } from '../validation/names.ts'
import { portErrors } from '../validation/numbers.ts'
import { keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { loadBalancerErrors } from './load_balancer_status.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'

type Ingress = StoredWithSpec<k8s.V1Ingress>
type Path = Wire<k8s.V1HTTPIngressPath>
type Backend = Wire<k8s.V1IngressBackend>

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
/** As many hosts fit into a cell. */
const SHOWN_HOSTS_MAX = 3
const NOT_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F']
const NOT_AT_END = ['/..', '/.']

function defaults(draft: MutableObject): void {
  part(draft, 'spec')
  part(part(draft, 'status'), 'loadBalancer')
}

function validate({ spec }: Ingress): FieldError[] {
  const rules = spec.rules ?? []
  const nothing = 'either `defaultBackend` or `rules` must be specified'
  return [
    ...(rules.length === 0 && spec.defaultBackend === undefined
      ? [invalid('spec', new SpelledValue('null'), nothing)]
      : []),
    ...(spec.defaultBackend ? backendErrors(spec.defaultBackend, 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, index) => [
      ...hostErrors(rule.host ?? '', `spec.rules[${index}].host`),
      ...(rule.http === undefined ? [] : pathListErrors(rule.http.paths ?? [], `spec.rules[${index}].http.paths`)),
    ]),
    ...(spec.tls ?? []).flatMap(({ hosts = [], secretName }, index) => [
      ...hosts.flatMap((host, at) => dnsHostErrors(host, `spec.tls[${index}].hosts[${at}]`)),
      ...formedIfSet(secretName, dnsSubdomain, `spec.tls[${index}].secretName`),
    ]),
    ...(spec.ingressClassName === undefined
      ? []
      : dnsSubdomain(spec.ingressClassName).map((fault) =>
          invalid('spec.ingressClassName', spec.ingressClassName, fault),
        )),
  ]
}

/** Who says the class of a new ingress in both ways says the same. */
function classErrors({ metadata, spec }: Ingress): FieldError[] {
  const annotated = metadata.annotations?.[CLASS_ANNOTATION]
  if (annotated === undefined || spec.ingressClassName === undefined || annotated === spec.ingressClassName) return []
  const detail = 'must match `ingressClassName` when both are specified'
  return [invalid(`annotations.${CLASS_ANNOTATION}`, annotated, detail)]
}

function hostErrors(host: string, field: string): FieldError[] {
  if (host === '') return []
  const isAddress = isIP(host) ? [invalid(field, host, 'must be a DNS name, not an IP address')] : []
  return [...isAddress, ...dnsHostErrors(host, field)]
}

const dnsHostErrors = (host: string, field: string): FieldError[] =>
  (host.includes('*') ? wildcardSubdomain : dnsSubdomain)(host).map((fault) => invalid(field, host, fault))

function pathListErrors(paths: readonly Path[], field: string): FieldError[] {
  if (paths.length === 0) return [required(field)]
  return paths.flatMap((path, index) => onePathErrors(path, `${field}[${index}]`))
}

function onePathErrors({ path = '', pathType, backend }: Path, at: string): FieldError[] {
  const isMissing = pathType === undefined || pathType === null
  if (isMissing) return [required(`${at}.pathType`, 'pathType must be specified')]
  return [...pathTypeErrors(path, pathType, at), ...backendErrors(backend ?? {}, `${at}.backend`)]
}

function pathTypeErrors(path: string, pathType: string, at: string): FieldError[] {
  const field = `${at}.path`
  if (!PATH_TYPES.includes(pathType)) return [notSupported(`${at}.pathType`, pathType, PATH_TYPES)]
  const absolute = path.startsWith('/')
  if (pathType === 'ImplementationSpecific') {
    return path === '' || absolute ? [] : [invalid(field, path, 'must be an absolute path')]
  }
  return [
    ...(absolute ? [] : [invalid(field, path, 'must be an absolute path')]),
    ...NOT_IN_PATHS.filter((text) => path.includes(text)).map((text) =>
      invalid(field, path, `must not contain '${text}'`),
    ),
    ...NOT_AT_END.filter((text) => path.endsWith(text)).map((text) =>
      invalid(field, path, `cannot end with '${text}'`),
    ),
  ]
}

function backendErrors({ service, resource }: Backend, at: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalid(at, '', 'cannot set both resource and service backends')]
  }
  if (resource !== undefined) return resourceErrors(resource, `${at}.resource`)
  if (service === undefined) return [invalid(at, '', 'resource or service backend is required')]
  const { name, port } = service
  return [
    ...(name ? formed(name, dnsLabel, `${at}.service.name`) : [required(`${at}.service.name`)]),
    ...servicePortErrors(port?.name ?? '', port?.number ?? 0, at),
  ]
}

const resourceErrors = (reference: NonNullable<Backend['resource']>, at: string): FieldError[] => [
  // An absent group is kept as `null`.
  ...(typeof reference.apiGroup === 'string' ? formed(reference.apiGroup, dnsSubdomain, `${at}.apiGroup`) : []),
  ...requiredFormed(reference.kind, pathSegment, `${at}.kind`),
  ...requiredFormed(reference.name, pathSegment, `${at}.name`),
]

function servicePortErrors(name: string, number: number, at: string): FieldError[] {
  if (name !== '' && number !== 0) return [invalid(at, '', 'cannot set both port name & port number')]
  if (name !== '') return portName(name).map((fault) => invalid(`${at}.service.port.name`, name, fault))
  return number === 0
    ? [required(at, 'port name or number is required')]
    : portErrors(number, `${at}.service.port.number`)
}

function hostsCell({ spec }: Ingress): string {
  const rules = spec.rules ?? []
  const hosts = rules.flatMap(({ host }) => host || []).slice(0, SHOWN_HOSTS_MAX)
  const shown = hosts.join(',') || '*'
  // Rules without a host count as well once the cell is full, if any follows.
  const full = hosts.length === SHOWN_HOSTS_MAX && rules.at(-1)?.host !== hosts.at(-1)
  return full ? `${shown} + ${rules.length - SHOWN_HOSTS_MAX} more...` : shown
}

const addressCell = ({ status }: Ingress): string =>
  (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(',')

/** Ways into the cluster. A write to the status may bring labels and annotations. */
export const ingressRules: KindRules<Ingress> = {
  resource: namespacedRef('networking.k8s.io/v1', 'ingresses', 'Ingress'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = { loadBalancer: {} }
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateStatusUpdate: ({ status }, old) => loadBalancerErrors(status, old.status),
  validateCreate: (ingress) => [...validate(ingress), ...classErrors(ingress)],
  validateUpdate: validate,
  warnings: ({ metadata, spec }, old) =>
    old === undefined && metadata.annotations?.[CLASS_ANNOTATION] !== undefined && spec.ingressClassName === undefined
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  cells: (ingress, now) => [
    ingress.metadata.name,
    ingress.spec.ingressClassName ?? '<none>',
    hostsCell(ingress),
    addressCell(ingress),
    (ingress.spec.tls ?? []).length > 0 ? '80, 443' : '80',
    ageOf(ingress.metadata.creationTimestamp, now),
  ],
}
