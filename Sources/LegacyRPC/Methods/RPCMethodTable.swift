import Access
import Gateway
import JobEngine
import Values

/// The remote methods that are served, in whatever dialect a call comes.
enum RPCMethodTable {
    /// In the order in which ConfD lists them (ConfD documentation).
    static let all: [RPCMethod] = [
        .jobDesc, .jobExec, .jobFinished, .jobHelp, .jobInfo, .jobList, .jobResult, .jobStart, .jobWait, .subscribe,
        .listMethods, .methodHelp, .methodSignature, .unsubscribe, .userInit, .userLogin, .userState,
    ]

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The method of a name, `nil` when there is none.
    static func method(_ name: String) -> RPCMethod? { byName[name] }

    /// Calls a method.
    ///
    /// - Parameters:
    ///   - origin: The request without its body, which is added here.
    ///   - arguments: Reads the arguments from the form the dialect has for them.
    /// - Throws: ``RPCFailure``; for a method that tells errors as a result dict never `.job`, but for what another node has to
    ///   answer.
    static func call(
        _ name: String, _ services: GatewayServices, principal: Principal, origin: JobRecord.Request, token: String?,
        arguments: () throws(JobError) -> [Value]
    ) async throws(RPCFailure) -> Value {
        guard let method = method(name) else { throw .unknownMethod(name) }
        let given: [Value]
        do throws(JobError) {
            given = try arguments()
        } catch {
            return try method.answer(to: error, services)
        }
        try method.check(given)
        var origin = origin
        origin.body = ["method": .string(name), "params": .list(given)]
        let call = RPCCall(services: services, principal: principal, origin: origin, token: token, arguments: given)
        do throws(JobError) {
            return try await method.handler(call)
        } catch {
            return try method.answer(to: error, services)
        }
    }
}

extension RPCMethod {
    /// The error as a result dict, where the method has that form for it.
    fileprivate func answer(to error: JobError, _ services: GatewayServices) throws(RPCFailure) -> Value {
        guard answersResult, !services.isForAnotherNode(error) else { throw .job(error) }
        return JobResult(refusal: error).value(of: nil)
    }
}

extension JobResult {
    /// The result dict for clients of remote methods, which all read `result_jobid`: empty when there is no job.
    func value(of id: JobID?) -> Value { value(jobID: id?.description ?? "") }

    func value(jobID: String) -> Value {
        var members = value.map ?? [:]
        members["result_jobid"] = .string(jobID)
        return .map(members)
    }
}
