import JobEngine

/// Methods by which a client would be called back. They exist and decline: nothing here tells a caller unasked.
extension RPCMethod {
    static let subscribe = RPCMethod(
        "subscribe", RPCParameter("url", .string), returns: .boolean,
        help: """
            Declined: this server does not call its clients back. Use job_wait to learn of a job's end.
            @url, where the client would be called
            """
    ) { (_) throws(JobError) in throw declined }

    static let unsubscribe = RPCMethod(
        "unsubscribe", RPCParameter("url", .string), returns: .boolean,
        help: """
            Declined: there are no callbacks to end; see subscribe.
            @url, where the client would be called
            """
    ) { (_) throws(JobError) in throw declined }

    private static let declined = JobError(
        .unsupported, "Callbacks are not offered. Call job_wait to learn of a job's end, or ask job_info.")
}
