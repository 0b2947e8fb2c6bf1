/** On a StatefulSet: which of its pods takes the writes, by name (`mysql-1`) or by ordinal (`1`). */
export const PRIMARY_ANNOTATION = 'berth.dev/primary'
/** On the pods of such a set, for services to select by. */
export const ROLE_LABEL = 'berth.dev/role'

export type Role = 'primary' | 'replica'
