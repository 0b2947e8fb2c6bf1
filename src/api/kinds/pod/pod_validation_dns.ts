import { type FieldError, invalid, required } from '../../field_error.ts'
import type { PodSpec } from '../../types.ts'
import { IP_FAULT, isIP } from '../../validation/addresses.ts'
import { dnsSubdomainWithUnderscore } from '../../validation/names.ts'

const NAME_SERVERS_MAX = 3
const SEARCH_PATHS_MAX = 32
const SEARCH_CHARACTERS_MAX = 2048

/** How a pod resolves names. */
export function dnsConfigErrors({ dnsPolicy, dnsConfig }: PodSpec, at: string): FieldError[] {
  if (dnsConfig === undefined) {
    return dnsPolicy === 'None' ? [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')] : []
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  return [
    ...(dnsPolicy === 'None' && nameservers.length === 0
      ? [required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
      : []),
    ...nameServerErrors(nameservers, `${at}.nameservers`),
    ...searchErrors(searches, `${at}.searches`),
    ...options.flatMap(({ name }, index) => (name ? [] : [required(`${at}.options[${index}]`, 'must not be empty')])),
  ]
}

const nameServerErrors = (servers: readonly string[], field: string): FieldError[] => [
  ...(servers.length > NAME_SERVERS_MAX
    ? [invalid(field, servers, `must not have more than ${NAME_SERVERS_MAX} nameservers`)]
    : []),
  ...servers.flatMap((server, index) => (isIP(server) ? [] : [invalid(`${field}[${index}]`, server, IP_FAULT)])),
]

const searchErrors = (searches: readonly string[], field: string): FieldError[] => [
  ...(searches.length > SEARCH_PATHS_MAX
    ? [invalid(field, searches, `must not have more than ${SEARCH_PATHS_MAX} search paths`)]
    : []),
  ...(searches.join(' ').length > SEARCH_CHARACTERS_MAX
    ? [
        invalid(
          field,
          searches,
          `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`,
        ),
      ]
    : []),
  ...searches.flatMap((search, index) => {
    const name = search.length > 1 && search.endsWith('.') ? search.slice(0, -1) : search
    return name === '.'
      ? []
      : dnsSubdomainWithUnderscore(name).map((fault) => invalid(`${field}[${index}]`, name, fault))
  }),
]
