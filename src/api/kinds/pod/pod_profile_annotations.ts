import { type FieldError, forbidden, invalid } from '../../field_error.ts'
import type { MutableObject } from '../../kind_rules.ts'
import type { Container, PodSpec } from '../../types.ts'
import { equal } from '../../validation/equality.ts'
import { items, type Loose } from '../draft.ts'
import { eachContainer } from './pod_containers.ts'
import { descendingPathErrors } from './pod_validation_mounts.ts'

/** Before AppArmor and seccomp had fields, annotations said what they say; both must agree. */

type Annotations = Readonly<Record<string, string>>

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const LOCALHOST = 'localhost/'

interface Profile {
  readonly type?: string
  readonly localhostProfile?: string
}

/** What an annotation's text means as a field; nothing if it means none. */
function profileOf(text: string): Profile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' }
  if (text === 'runtime/default') return { type: 'RuntimeDefault' }
  const localhostProfile = text.startsWith(LOCALHOST) ? text.slice(LOCALHOST.length) : ''
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile }
}

/** A profile of a file has a path without spaces around it. */
const isSound = ({ localhostProfile = 'x' }: Profile): boolean =>
  localhostProfile.trim() === localhostProfile && localhostProfile.length < LOCALHOST_PATH_MAX
const LOCALHOST_PATH_MAX = 4096

/** Hardly any pod has one of these: the others should cost nothing. */
const hasProfiles = (annotations: Annotations | undefined): annotations is Annotations => {
  for (const key in annotations) {
    if (key.startsWith(APP_ARMOR) || key === SECCOMP_OF_POD || key.startsWith(SECCOMP_OF_CONTAINER)) return true
  }
  return false
}

/** Turns AppArmor's annotations into the fields that came after them, and says so. */
export function adoptAppArmor({ metadata, spec }: MutableObject, warn: (text: string) => void): void {
  if (spec.os?.name === 'windows' || !hasProfiles(metadata['annotations'])) return
  const all: Loose[] = [...items(spec.initContainers), ...items(spec.containers), ...items(spec.ephemeralContainers)]
  for (const container of all) {
    const key = `${APP_ARMOR}${container.name}`
    const text: string | undefined = metadata['annotations']?.[key]
    if (text === undefined || container.securityContext?.appArmorProfile) continue
    const profile = profileOf(text)
    const isMeant = profile !== undefined && isSound(profile)
    if (isMeant && equal(profile, spec.securityContext?.appArmorProfile)) continue
    if (isMeant) container.securityContext = { ...container.securityContext, appArmorProfile: profile }
    warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
  }
}

/** What is wrong with the texts themselves. */
export function profileAnnotationErrors(annotations: Annotations, spec: PodSpec, field: string): FieldError[] {
  if (!hasProfiles(annotations)) return []
  const sorted = Object.entries(annotations).sort(([one], [other]) => (one < other ? -1 : 1))
  const names = new Set(eachContainer(spec, 'spec').map(({ container }) => container.name))
  const ofPod = annotations[SECCOMP_OF_POD]
  return [
    ...(ofPod === undefined ? [] : seccompTextErrors(ofPod, `${field}.${SECCOMP_OF_POD}`)),
    ...sorted.flatMap(([key, text]) =>
      key.startsWith(SECCOMP_OF_CONTAINER) ? seccompTextErrors(text, `${field}.${key}`) : [],
    ),
    ...sorted.flatMap(([key, text]) =>
      key.startsWith(APP_ARMOR) ? appArmorTextErrors(key, text, names, `${field}[${key}]`) : [],
    ),
  ]
}

function seccompTextErrors(text: string, field: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(text)) return []
  if (text.startsWith(LOCALHOST)) return descendingPathErrors(text.slice(LOCALHOST.length), field)
  return [invalid(field, text, 'must be a valid seccomp profile')]
}

function appArmorTextErrors(key: string, text: string, names: ReadonlySet<string>, field: string): FieldError[] {
  const name = key.slice(APP_ARMOR.length)
  const isKnown = ['', 'runtime/default', 'unconfined'].includes(text) || text.startsWith(LOCALHOST)
  return [
    ...(names.has(name) ? [] : [invalid(field, name, 'container not found')]),
    ...(isKnown ? [] : [invalid(field, text, `invalid AppArmor profile name: ${JSON.stringify(text)}`)]),
  ]
}

/** Where an annotation and a field say something, they say the same. */
export function profileMatchErrors(annotations: Annotations | undefined, spec: PodSpec, at: string): FieldError[] {
  if (!hasProfiles(annotations)) return []
  const containers = eachContainer(spec, at)
  const { securityContext: context } = spec
  const seccomp = (key: string, profile: Profile | undefined, field: string): FieldError[] =>
    profile === undefined ? [] : matchErrors('seccomp', annotations[key], profile, `${field}.seccompProfile`)
  const appArmor = ({ name, securityContext }: Container, field: string): FieldError[] => {
    const profile = securityContext?.appArmorProfile ?? context?.appArmorProfile
    return profile === undefined
      ? []
      : matchErrors('apparmor', annotations[`${APP_ARMOR}${name}`], profile, `${field}.securityContext.appArmorProfile`)
  }
  return [
    ...seccomp(SECCOMP_OF_POD, context?.seccompProfile, `${at}.securityContext`),
    ...containers.flatMap(({ container, field }) =>
      seccomp(
        `${SECCOMP_OF_CONTAINER}${container.name}`,
        container.securityContext?.seccompProfile,
        `${field}.securityContext`,
      ),
    ),
    ...(spec.os?.name === 'windows' ? [] : containers.flatMap(({ container, field }) => appArmor(container, field))),
  ]
}

function matchErrors(
  module: 'seccomp' | 'apparmor',
  text: string | undefined,
  { type, localhostProfile }: Profile,
  field: string,
): FieldError[] {
  if (text === undefined) return []
  const otherType = [forbidden(`${field}.type`, `${module} type in annotation and field must match`)]
  switch (type) {
    case 'Unconfined':
      return text === 'unconfined' ? [] : otherType
    case 'RuntimeDefault':
      return text === 'runtime/default' || (module === 'seccomp' && text === 'docker/default') ? [] : otherType
    case 'Localhost': {
      if (!text.startsWith(LOCALHOST)) return otherType
      const detail = `${module} profile in annotation and field must match`
      return text.slice(LOCALHOST.length) === localhostProfile ? [] : [forbidden(`${field}.localhostProfile`, detail)]
    }
    default:
      return []
  }
}
