import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { isPort, PORT_RANGE } from '../validation/numbers.ts'

type Client = Partial<Wire<k8s.AdmissionregistrationV1WebhookClientConfig>>
type Service = NonNullable<Client['service']>

const URL_FORM = 'desired format: https://host[/path]'
/** The parts of a URL as RFC 3986 splits one: scheme, authority, path, query, fragment. */
const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

/** How a webhook is reached: by a URL or through a service. */
export function webhookClientErrors({ url, service }: Client, at: string): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [required(at, 'exactly one of url or service is required')]
  if (url !== undefined) return urlErrors(url, `${at}.url`)
  return service === undefined ? [] : serviceErrors(service, `${at}.service`)
}

function urlErrors(text: string, field: string): FieldError[] {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = URL_PARTS.exec(text) ?? []
  const fault = parseFault(text, scheme, path)
  if (fault !== undefined) {
    return [required(field, `url must be a valid URL: parse ${JSON.stringify(text)}: ${fault}; ${URL_FORM}`)]
  }
  const sign = authority.lastIndexOf('@')
  const host = authority.slice(sign + 1)
  const lower = scheme.toLowerCase()
  return [
    ...(lower === 'https' ? [] : [invalid(field, lower, `'https' is the only allowed URL scheme; ${URL_FORM}`)]),
    ...(host === '' ? [invalid(field, host, `host must be specified; ${URL_FORM}`)] : []),
    ...(sign < 0 ? [] : [invalid(field, authority.slice(0, sign), 'user information is not permitted in the URL')]),
    ...(fragment === '' ? [] : [invalid(field, fragment, 'fragments are not permitted in the URL')]),
    ...(query === '' ? [] : [invalid(field, query, 'query parameters are not permitted in the URL')]),
  ]
}

/** Why Go would not take a text as a URL at all. */
function parseFault(text: string, scheme: string, path: string): string | undefined {
  if (text.startsWith(':')) return 'missing protocol scheme'
  const [first = ''] = path.split('/')
  if (scheme === '' && first.includes(':')) return 'first path segment in URL cannot contain colon'
  const wrong = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)
  return wrong === null ? undefined : `invalid URL escape ${JSON.stringify(wrong[0])}`
}

/** Upstream takes the name for the namespace and the other way round when it says which one is missing. */
const serviceErrors = ({ name, namespace, path, port }: Service, at: string): FieldError[] => [
  ...(namespace ? [] : [required(`${at}.name`)]),
  ...(name ? [] : [required(`${at}.namespace`)]),
  ...(port === undefined || isPort(port) ? [] : [invalid(`${at}.port`, port, `port is not valid: ${PORT_RANGE}`)]),
  ...pathErrors(path ?? '', `${at}.path`),
]

function pathErrors(path: string, field: string): FieldError[] {
  if (path === '' || path === '/') return []
  if (path === '//') return [invalid(field, path, 'segment[0] may not be empty')]
  const segments = path.slice(1).replace(/\/$/, '').split('/')
  return [
    ...(path.startsWith('/') ? [] : [invalid(field, path, "must start with a '/'")]),
    ...segments.flatMap((segment, index) =>
      segment === ''
        ? [invalid(field, path, `segment[${index}] may not be empty`)]
        : dnsSubdomain(segment).map((fault) => invalid(field, path, `segment[${index}]: ${fault}`)),
    ),
  ]
}
