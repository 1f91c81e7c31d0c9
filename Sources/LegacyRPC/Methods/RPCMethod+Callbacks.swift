import Access
import Gateway
import JobEngine
import Values

/// Methods by which a client asks to be called when something happens.
extension RPCMethod {
    static let subscribe = RPCMethod(
        "subscribe", RPCParameter("url", .string), RPCParameter("options", .struct, optional: true), returns: .boolean,
        help: """
            From now on, calls the method confd_event at the URL with each event, a struct, as its only argument. Only \
            the caller's own address is called. Subscriptions last a day, or until the daemon stops.
            @url, where to call, as in http://192.0.2.7:8080/; https is possible, too
            @options, types (list of types of events, a * at the end stands for any rest), job_id (str, only events \
            about this job)
            """
    ) { (call) throws(JobError) in
        let address = try CallbackAddress(
            call.text(0), peer: call.origin.address, account: call.principal.credential.peerID,
            hasProxies: call.services.settings.hasProxies)
        var filter = try CallbackOptions(call[1]).filter
        filter.owner = call.principal.visibleOwner
        try call.services.callbacks.subscribe(call.principal, at: address, to: filter)
        return true
    }

    static let unsubscribe = RPCMethod(
        "unsubscribe", RPCParameter("url", .string), returns: .boolean,
        help: """
            Ends a subscription of the caller and tells whether there was one.
            @url, as it was given to subscribe
            """
    ) { (call) throws(JobError) in
        .bool(call.services.callbacks.unsubscribe(call.principal.name, call.text(0)))
    }
}

/// The second argument of `subscribe`.
private struct CallbackOptions {
    private(set) var filter = EventFilter()

    init(_ value: Value?) throws(JobError) {
        let members = (value?.map ?? [:]).filter { $0.value != .null }
        if let unknown = members.keys.sorted().first(where: { !["types", "job_id"].contains($0) }) {
            throw JobError(
                .parameterUnknown, "'\(unknown.echoed)' is no option of subscribe; allowed: types, job_id.")
        }
        if let types = members["types"] { filter.types = try Self.types(types) }
        if let job = members["job_id"] {
            filter.job = job.string.flatMap { JobID($0) }
            if filter.job == nil {
                throw JobError(.parameterInvalid, "'job_id' has to be the id of a job, as in 11.89.")
            }
        }
    }

    private static func types(_ value: Value) throws(JobError) -> [String] {
        let types = value.list?.compactMap(\.string) ?? []
        guard let list = value.list, !types.isEmpty, types.count == list.count, types.allSatisfy(EventFilter.isKnown)
        else {
            throw JobError(
                .parameterInvalid,
                "'types' has to be a list of types of events, out of: \(Event.types.joined(separator: ", ")).")
        }
        return types
    }
}
