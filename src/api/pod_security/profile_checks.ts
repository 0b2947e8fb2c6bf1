import type { Container, PodSpec } from '../types.ts'
import { type CheckedPod, distinct, namesWhere, plural, quoted, settersText, type Violation } from './check.ts'

/** Profiles of the kernel's security modules: AppArmor, SELinux, seccomp. */

type Context = NonNullable<PodSpec['securityContext']> | NonNullable<Container['securityContext']>
type Profile = 'appArmorProfile' | 'seccompProfile'

const typeOf = (context: Context | undefined, profile: Profile): string | undefined => {
  const found = context?.[profile]
  return found === undefined ? undefined : (found.type ?? '')
}

const isConfined = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost'
const isUnconfined = (context: Context | undefined, profile: Profile): boolean => {
  const type = typeOf(context, profile)
  return type !== undefined && !isConfined(type)
}

/** Who sets a profile that does not confine, and which ones they are. */
function unconfined(pod: CheckedPod, profile: Profile): { setters: string; types: readonly string[] } {
  const contexts = [pod.spec.securityContext, ...pod.containers.map(({ securityContext }) => securityContext)]
  return {
    setters: settersText(
      isUnconfined(pod.spec.securityContext, profile),
      namesWhere(pod, ({ securityContext }) => isUnconfined(securityContext, profile)),
    ),
    types: distinct(contexts.filter((one) => isUnconfined(one, profile)).map((one) => typeOf(one, profile) ?? '')),
  }
}

const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'
const isAppArmorText = (text: string): boolean =>
  text === '' || text === 'runtime/default' || text.startsWith('localhost/')

export function appArmor(pod: CheckedPod): Violation | undefined {
  const { setters, types } = unconfined(pod, 'appArmorProfile')
  const annotations = Object.entries(pod.annotations)
    .filter(([key, text]) => key.startsWith(APP_ARMOR_ANNOTATION) && !isAppArmorText(text))
    .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    .sort()
  const who = [
    ...(setters === '' ? [] : [setters]),
    ...(annotations.length > 0 ? [plural('annotation', annotations.length)] : []),
  ]
  if (who.length === 0) return undefined
  const values = [...types, ...annotations]
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

interface SeLinuxOptions {
  readonly type?: string
  readonly user?: string
  readonly role?: string
}

const optionsOf = (context: Context | undefined): SeLinuxOptions | undefined => context?.seLinuxOptions

/** A type beyond the usual ones, and any user or role, may be a way out of the container. */
export const seLinux =
  (types: readonly string[]) =>
  (pod: CheckedPod): Violation | undefined => {
    const isBadType = (type = ''): boolean => type !== '' && !types.includes(type)
    const isBad = (options: SeLinuxOptions | undefined): boolean =>
      options !== undefined && (isBadType(options.type) || Boolean(options.user) || Boolean(options.role))
    const setters = settersText(
      isBad(optionsOf(pod.spec.securityContext)),
      namesWhere(pod, ({ securityContext }) => isBad(optionsOf(securityContext))),
    )
    if (setters === '') return undefined
    const all = [pod.spec.securityContext, ...pod.containers.map(({ securityContext }) => securityContext)].map(
      optionsOf,
    )
    const badTypes = distinct(all.flatMap((options) => (isBadType(options?.type) ? [options?.type ?? ''] : [])))
    const what = [
      ...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []),
      ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
    ]
    return {
      reason: 'seLinuxOptions',
      detail: `${setters} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`,
    }
  }

const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const isSeccompText = (text: string): boolean =>
  text === 'runtime/default' || text === 'docker/default' || text.startsWith('localhost/')

/** Before there was a field, annotations said it. */
export function seccompOfAnnotations({ annotations, containers }: CheckedPod): Violation | undefined {
  const keys = [SECCOMP_OF_POD, ...containers.map(({ name }) => `${SECCOMP_OF_CONTAINER}${name}`)]
  const bad = distinct(
    keys.flatMap((key) => {
      const text = annotations[key]
      return text === undefined || isSeccompText(text) ? [] : [`${key}=${JSON.stringify(text)}`]
    }),
  )
  if (bad.length === 0) return undefined
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', bad.length)} ${bad.join(', ')}` }
}

export function seccompOfFields(pod: CheckedPod): Violation | undefined {
  const { setters, types } = unconfined(pod, 'seccompProfile')
  if (setters === '') return undefined
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(types)}`,
  }
}

/** As above, and each container has a profile of its own or the pod's. */
export function seccompRequired(pod: CheckedPod): Violation | undefined {
  const bad = seccompOfFields(pod)
  if (bad !== undefined) return bad
  if (typeOf(pod.spec.securityContext, 'seccompProfile') !== undefined) return undefined
  const silent = namesWhere(pod, ({ securityContext }) => typeOf(securityContext, 'seccompProfile') === undefined)
  if (silent.length === 0) return undefined
  return {
    reason: 'seccompProfile',
    detail: `pod or ${plural('container', silent.length)} ${quoted(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  }
}
