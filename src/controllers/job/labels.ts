/** A Job that names another manager is left alone. */
export const THIS_MANAGER = 'kubernetes.io/job-controller'

/** On a Job's pods, by upstream's defaults: the Job's name. */
export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name'

/** On a Job's pods: their end has not been counted yet, so they must stay. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'

/** On pods of an indexed Job, as annotation and label: which part of the work is theirs. */
export const INDEX = 'batch.kubernetes.io/job-completion-index'

/** On pods of an indexed Job whose parts have limits of their own: how often the part has failed before. */
export const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
export const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** Where a container of an indexed Job finds its index. */
export const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
