/** On a Job's pods: their end has not been counted yet, so they must stay. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'

/** On pods of an indexed Job, as annotation and label: which part of the work is theirs. */
export const INDEX = 'batch.kubernetes.io/job-completion-index'

/** Where a container of an indexed Job finds its index. */
export const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
