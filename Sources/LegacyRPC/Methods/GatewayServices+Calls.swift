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
}
