package import Access
import Synchronization

/// What the logins of a node in memory were told, for tests to look at and pass on.
package final class HeardLogins: Sendable {
    private let heard = Mutex<[LoginNews]>([])
    private let next = Mutex<(@Sendable (LoginNews) -> Void)?>(nil)

    init() {}

    /// In the order of the log.
    package var all: [LoginNews] { heard.withLock { $0 } }

    /// Has somebody else hear it, too.
    package func pass(to next: @escaping @Sendable (LoginNews) -> Void) { self.next.withLock { $0 = next } }

    func take(_ news: LoginNews) {
        heard.withLock { $0.append(news) }
        next.withLock { $0 }?(news)
    }
}
