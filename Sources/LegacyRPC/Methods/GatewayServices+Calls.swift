import Access
import Gateway
import JobEngine

extension GatewayServices {
    /// The longest call of whoever may run no job that takes more.
    private static let usualCall = 1 << 20

    /// How many bytes a call of a user may have.
    ///
    /// - Parameter most: What those may send who may run jobs that take that much.
    func callLimit(of principal: Principal, atMost most: Int) -> Int {
        scheduler.catalogue.takesLongCalls(of: principal) ? most : min(most, Self.usualCall)
    }

    /// Whether an error means that the term of office of this node has ended, so that another one has to be asked.
    ///
    /// Clients that follow redirects know what to do with that when it is told by the status of HTTP, as it is before a call is
    /// read. A node that is alone has nobody else to name.
    func isForAnotherNode(_ error: JobError) -> Bool { error.code == .noMaster && cluster.status.isElected }

    /// The error of one call of several, where the whole request can still be answered by the status.
    ///
    /// What others of its calls have done would be done again by whoever repeats the request; so it is the first one alone.
    func statusOfAll(_ failure: RPCFailure, isFirst: Bool) -> JobError? {
        guard isFirst, case .job(let error) = failure, isForAnotherNode(error), error.tookNothing else { return nil }
        return error
    }

    /// The error of the only call of a request, when it is told by the status.
    func status(of failure: RPCFailure) -> JobError? {
        guard case .job(let error) = failure, isForAnotherNode(error) else { return nil }
        return error
    }
}
