import JobEngine

/// Why a call of a remote method has no answer; each dialect has its own form for it.
enum RPCFailure: Error, Hashable {
    /// There is no method of that name.
    case unknownMethod(String)
    /// The arguments do not fit the method; the text names its usage.
    case usage(String)
    /// The method was carried out and said no.
    case job(JobError)
}
