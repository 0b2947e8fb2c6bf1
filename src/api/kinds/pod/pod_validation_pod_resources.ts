import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../field_error.ts'
import { compareQuantities } from '../../quantity.ts'
import { sumOfContainers } from '../../quota/pod_usage.ts'
import type { PodSpec } from '../../types.ts'
import { formed } from '../../validation/checks.ts'
import { goNamed } from '../../validation/go_names.ts'
import { dnsLabel, dnsSubdomain } from '../../validation/names.ts'
import { isHugePages, resourceNameErrors } from '../../validation/resource_names.ts'
import { resourceErrors } from './pod_validation_resources.ts'

type Claim = NonNullable<PodSpec['resourceClaims']>[number]

const POD_LEVEL = ['cpu', 'hugepages-', 'memory']

/** What a pod as a whole asks for: at least as much as its containers together. */
export function podResourceErrors(spec: PodSpec, at: string): FieldError[] {
  const { resources } = spec
  if (resources === undefined) return []
  const field = `${at}.resources`
  if (spec.os?.name === 'windows') return [forbidden(field, 'may not be set for a windows pod')]
  const claims = (spec.resourceClaims ?? []).flatMap(({ name }) => (name ? [name] : []))
  return [
    ...(resources.claims === undefined
      ? []
      : [forbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level')]),
    ...resourceErrors(resources, field, claims, podResourceNameErrors),
    ...sumErrors(spec, field),
  ]
}

const podResourceNameErrors = (name: string, field: string): FieldError[] => {
  const errors = resourceNameErrors(name, field)
  return errors.length > 0 || isPodLevel(name) ? errors : [notSupported(field, name, POD_LEVEL)]
}

/** What a pod may ask for as a whole. */
export const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name)

function sumErrors(spec: PodSpec, field: string): FieldError[] {
  const { requests = {}, limits = {} } = spec.resources ?? {}
  const tooLittle = Object.entries(sumOfContainers(spec, 'requests')).flatMap(([name, sum]) => {
    const whole = requests[name]
    return whole !== undefined && compareQuantities(sum, whole) > 0
      ? [
          invalid(
            `${field}.requests[${name}]`,
            whole,
            `must be greater than or equal to aggregate container requests of ${sum}`,
          ),
        ]
      : []
  })
  const fewPages = Object.entries(sumOfContainers(spec, 'limits')).flatMap(([name, sum]) => {
    const whole = limits[name]
    return isHugePages(name) && whole !== undefined && compareQuantities(sum, whole) > 0
      ? [
          invalid(
            `${field}.limits[${name}]`,
            whole,
            `must be greater than or equal to aggregate container limits of ${sum}`,
          ),
        ]
      : []
  })
  return [...tooLittle, ...fewPages, ...containerLimitErrors(spec, field)]
}

const containerLimitErrors = (spec: PodSpec, field: string): FieldError[] =>
  (spec.containers ?? []).flatMap(({ resources }, index) =>
    Object.entries(resources?.limits ?? {}).flatMap(([name, amount]) => {
      const whole = spec.resources?.limits?.[name]
      const at = `${field}.containers[${index}][${name}].limits`
      return whole !== undefined && compareQuantities(amount, whole) > 0
        ? [invalid(at, amount, `must be less than or equal to pod limits of ${whole}`)]
        : []
    }),
  )

/** Devices of the pod: by a claim that is there, or by a template for one. */
export function resourceClaimErrors(claims: readonly Claim[], field: string): FieldError[] {
  const names = new Set<string>()
  return claims.flatMap((claim, index) => {
    const at = `${field}[${index}]`
    const { resourceClaimName: name, resourceClaimTemplateName: template } = claim
    const value = goNamed('core.PodResourceClaim', claim)
    const both = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
    const none = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
    return [
      ...claimNameErrors(claim.name, names, `${at}.name`),
      ...(name !== undefined && template !== undefined ? [invalid(at, value, both)] : []),
      ...(name === undefined && template === undefined ? [invalid(at, value, none)] : []),
      ...(name === undefined ? [] : formed(name, dnsSubdomain, `${at}.resourceClaimName`)),
      ...(template === undefined ? [] : formed(template, dnsSubdomain, `${at}.resourceClaimTemplateName`)),
    ]
  })
}

function claimNameErrors(name: string, names: Set<string>, field: string): FieldError[] {
  if (!name) return [required(field)]
  if (names.has(name)) return [duplicate(field, name)]
  names.add(name)
  return formed(name, dnsLabel, field)
}
