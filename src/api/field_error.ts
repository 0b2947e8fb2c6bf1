/** The reasons of `details.causes[]`. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

/** One fault that validation found; `message` is without the field, as upstream prints it behind `field: `. */
export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.template.spec.containers[0].name` */
  readonly field: string
  /** `Invalid value: "x": must be…`, `Required value`, … */
  readonly message: string
}
