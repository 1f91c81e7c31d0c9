package import Access
import Glibc
import Waiting

/// The operating system's accounts through the C library, so whatever NSS is set up for: files, LDAP, SSSD.
///
/// A lookup may ask the network; it runs on threads of its own, and a deadline ends the wait for it.
package final class SystemDirectory: SystemAccounts {
    private let threads: ThreadPool
    private let deadline: Duration

    /// At most `threads` lookups run at once and `queueLimit` wait.
    package init(threads: Int = 2, queueLimit: Int = 256, deadline: Duration = .seconds(5)) {
        self.threads = ThreadPool(name: "accounts", threads: threads, queueLimit: queueLimit)
        self.deadline = deadline
    }

    /// The account of a name with its groups, as the system's own lookup tells it; `nil` when there is none.
    ///
    /// Whether it is locked or has expired is known where the daemon may read the shadow file, as root may.
    package func account(of user: String) async throws(AccessError) -> SystemAccount? {
        guard !user.isEmpty, !user.utf8.contains(0) else { return nil }
        return try await answer { Self.lookUp(user) }
    }

    /// The name of the account with an id, `nil` when there is none.
    package func name(of userID: Int) async throws(AccessError) -> String? {
        guard let id = uid_t(exactly: userID) else { return nil }
        return try await answer { Self.lookUpName(id) }
    }

    private func answer<Found: Sendable>(
        _ lookUp: @escaping @Sendable () -> Result<Found?, AccessError>
    ) async throws(AccessError) -> Found? {
        let answer = await threads.submit(lookUp).answer(within: deadline, late: .failure(.late))
        guard case .success(let found) = answer else { throw .unavailable(retryAfter: .seconds(5)) }
        return try found.get()
    }

    private static func lookUpName(_ id: uid_t) -> Result<String?, AccessError> {
        var name: String?
        let (code, isFound) = withGrowingBuffer { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = getpwuid_r(id, &entry, buffer, size, &found)
            // The name lies in the buffer, which is gone after this closure.
            if found != nil { name = String(cString: entry.pw_name) }
            return (code, found != nil)
        }
        return isFound || isAbsent(code) ? .success(name) : .failure(.unavailable(retryAfter: .seconds(5)))
    }

    /// getpwnam_r(3): a missing user may also come as one of these codes.
    private static func isAbsent(_ code: Int32) -> Bool { [0, ENOENT, ESRCH, EBADF, EPERM].contains(code) }

    private static func lookUp(_ user: String) -> Result<SystemAccount?, AccessError> {
        var entry = passwd()
        let (code, isFound) = withGrowingBuffer { buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            let code = getpwnam_r(user, &entry, buffer, size, &found)
            return (code, found != nil)
        }
        guard isFound else {
            return isAbsent(code) ? .success(nil) : .failure(.unavailable(retryAfter: .seconds(5)))
        }
        let groupIDs = groups(of: user, primary: entry.pw_gid)
        let shadow = ShadowEntry(of: user) ?? ShadowEntry()
        return .success(
            SystemAccount(
                name: user, userID: Int(entry.pw_uid), groupIDs: groupIDs.map { Int($0) }.sorted(),
                groups: Set(groupIDs.compactMap(groupName)), isLocked: shadow.isLocked,
                hasExpired: shadow.hasExpired(on: time(nil) / 86_400)))
    }

    private static func groups(of user: String, primary: gid_t) -> [gid_t] {
        var count: Int32 = 32
        while count <= 65_536 {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let capacity = count
            if getgrouplist(user, primary, &groups, &count) >= 0 {
                return Array(groups.prefix(Int(max(0, count))))
            }
            count = max(count, capacity * 2)
        }
        return [primary]
    }

    private static func groupName(_ id: gid_t) -> String? {
        var name: String?
        _ = withGrowingBuffer { buffer, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            let code = getgrgid_r(id, &entry, buffer, size, &found)
            // The name lies in the buffer, which is gone after this closure.
            if found != nil { name = String(cString: entry.gr_name) }
            return (code, found != nil)
        }
        return name
    }

    /// Calls with a larger buffer each time the C library says ERANGE; a group may have thousands of members.
    private static func withGrowingBuffer(
        _ body: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, isFound: Bool)
    ) -> (code: Int32, isFound: Bool) {
        var size = 4096
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let result = body(buffer, size)
            if result.code != ERANGE || size >= 16 << 20 { return result }
            size *= 4
        }
    }
}
