import { type FieldError, invalid, required } from '../field_error.ts'
import type { PersistentVolume } from '../types.ts'
import { present } from '../validation/checks.ts'
import { inRange } from '../validation/numbers.ts'

const LUN_MAX = 255
const LETTERS_MAX = 64
const FORMS = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
} as const

type Source = NonNullable<PersistentVolume['spec']['iscsi']>

interface Context {
  readonly persistent: boolean
  readonly name: string
}

/** A disk that is reached by iSCSI. */
export function iscsiErrors(iscsi: Source, at: string, context: Context): FieldError[] {
  const { persistent } = context
  const chap = iscsi.chapAuthDiscovery || iscsi.chapAuthSession
  return [
    ...present(iscsi.targetPortal, `${at}.targetPortal`),
    ...(persistent ? totalLengthErrors(iscsi, at, context.name) : []),
    ...(iscsi.iqn ? nameErrors(iscsi.iqn, `${at}.iqn`, persistent) : [required(`${at}.iqn`)]),
    ...inRange(iscsi.lun, 0, LUN_MAX, `${at}.lun`),
    ...(chap && iscsi.secretRef === undefined ? [required(`${at}.secretRef`)] : []),
    ...(persistent && iscsi.secretRef !== undefined ? present(iscsi.secretRef.name, `${at}.secretRef.name`) : []),
    ...(iscsi.initiatorName === undefined ? [] : nameErrors(iscsi.initiatorName, `${at}.initiatorname`, persistent)),
  ]
}

function totalLengthErrors({ initiatorName, targetPortal = '' }: Source, at: string, name: string): FieldError[] {
  if (initiatorName === undefined || `${name}:${targetPortal}`.length <= LETTERS_MAX) return []
  const detail = `Total length of <volume name>:<iscsi.targetPortal> must be under ${LETTERS_MAX} characters if iscsi.initiatorName is specified.`
  return [invalid(`${at}.targetportal`, targetPortal, detail)]
}

/** The three forms of names that iSCSI knows, told apart by how they begin. */
function nameErrors(name: string, field: string, persistent: boolean): FieldError[] {
  const form = (['iqn', 'eui', 'naa'] as const).find((prefix) => name.startsWith(prefix))
  if (form === undefined) {
    return [invalid(field, name, `must be valid format${persistent ? '' : ' starting with iqn, eui, or naa'}`)]
  }
  return FORMS[form].test(name) ? [] : [invalid(field, name, 'must be valid format')]
}
