import Foundation
import Glibc
import Synchronization
import Testing

@testable import Posix

/// What the system says of the calling thread.
private struct ThreadStatus: Equatable, Sendable {
    let user: uid_t
    let group: gid_t
    let groups: [gid_t]
    let rights: UInt64

    /// - Parameter thread: A folder of `/proc`; the calling thread's when left out.
    init(_ thread: String = "/proc/thread-self") throws {
        var fields: [String: [Substring]] = [:]
        for line in try String(contentsOfFile: "\(thread)/status", encoding: .utf8).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if let name = words.first { fields[String(name)] = Array(words.dropFirst()) }
        }
        // Real, effective, saved, and the one for files.
        user = try #require(fields["Uid:"]?.last.flatMap { uid_t($0) })
        group = try #require(fields["Gid:"]?.last.flatMap { gid_t($0) })
        groups = (fields["Groups:"] ?? []).compactMap { gid_t($0) }
        rights = try #require(fields["CapEff:"]?.first.flatMap { UInt64($0, radix: 16) })
    }

    /// Root's rights to files: to change owners, to read and write, to search, to act as the owner, to keep set-id bits.
    var rightsToFiles: UInt64 { rights & 0b11111 }
}

/// Threads that have just been made, of the kind others make: each one's status.
private func freshThreads(_ count: Int) -> [ThreadStatus?] {
    let found = Mutex<[ThreadStatus?]>([])
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
        Thread {
            let status = try? ThreadStatus()
            found.withLock { $0.append(status) }
            done.signal()
        }.start()
    }
    for _ in 0..<count { done.wait() }
    return found.withLock { $0 }
}

/// One after another: a test here changes the groups of all threads, which the others look at.
@Suite(.serialized, .enabled(if: geteuid() == 0, "only root can work as others"))
struct AccountThreadsTests {
    private let account = FileAccount(user: 61_234, group: 61_235)

    /// Does something on one of the threads, and waits for it.
    private func run<Answer: Sendable>(
        on threads: AccountThreads, _ work: @escaping @Sendable () -> Answer
    ) -> Result<Answer, SystemFault>? {
        let answer = Mutex<Result<Answer, SystemFault>?>(nil)
        let done = DispatchSemaphore(value: 0)
        threads.add { fault in
            let found: Result<Answer, SystemFault> = fault.map { .failure($0) } ?? .success(work())
            answer.withLock { $0 = found }
            done.signal()
        }
        done.wait()
        return answer.withLock { $0 }
    }

    @Test func aThreadHasTheIdsOfItsAccountAndNoRightToFiles() throws {
        let threads = AccountThreads(account, count: 2, name: "test")
        let status = try #require(try run(on: threads) { try? ThreadStatus() }?.get())
        #expect((status.user, status.group) == (account.user, account.group))
        #expect(status.groups == [])
        #expect(status.rightsToFiles == 0)
    }

    @Test func furtherGroupsAreTheAccountsAndNeverRoots() {
        let root = FileAccount(user: 0, group: 0)
        #expect(!root.furtherGroups().contains(0))
        #expect(account.furtherGroups() == [])
    }

    @Test func rootsFilesAreNeitherReadNorWritten() throws {
        let folder = NSTemporaryDirectory() + "account-threads-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = try Descriptor.trusted(folder)
        close(openat(place.number, "secret", O_WRONLY | O_CREAT, 0o600))
        let (threads, others) = (
            AccountThreads(account, count: 1, name: "test"), AccountThreads(nil, count: 1, name: "own")
        )
        let open: @Sendable () -> [Int32] = {
            [O_RDONLY, O_WRONLY, O_WRONLY | O_CREAT].enumerated().map { index, flags in
                let file = openat(place.number, index == 2 ? "new" : "secret", flags, 0o600)
                let fault = file < 0 ? errno : 0
                close(file)
                return fault
            }
        }
        #expect(try run(on: threads, open)?.get() == [EACCES, EACCES, EACCES])
        #expect(try run(on: others, open)?.get() == [0, 0, 0])
    }

    @Test func noOtherThreadBecomesTheAccount() throws {
        let before = try ThreadStatus()
        let threads = AccountThreads(account, count: 4, name: "test")
        for _ in 0..<200 { _ = run(on: threads) { getpid() } }
        #expect(freshThreads(16).allSatisfy { $0 == before })
        let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        // One that ended meanwhile has no status.
        let theirs = all.compactMap { try? ThreadStatus("/proc/self/task/\($0)") }.filter { $0.user == account.user }
        #expect((1...8).contains(theirs.count))
    }

    /// As some PAM modules do: the C library changes all threads then, and ends the process where it cannot.
    @Test func aThreadTakesItsIdsAnewWhenAllThreadsWereChanged() throws {
        let threads = AccountThreads(account, count: 1, name: "test")
        var former = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(Int32(former.count), &former)
        for groups: [gid_t] in [[4, 24], Array(former.prefix(Int(count)))] {
            #expect(setgroups(groups.count, groups) == 0)
            let status = try #require(try run(on: threads) { try? ThreadStatus() }?.get())
            #expect((status.user, status.groups, status.rightsToFiles) == (account.user, [], 0))
        }
    }

    @Test func workIsRefusedWhereTheThreadCannotBecomeTheAccount() {
        // An id that is none cannot be taken.
        let threads = AccountThreads(FileAccount(user: .max, group: 1), count: 1, name: "test")
        let isDone = Mutex(false)
        let answer = run(on: threads) { isDone.withLock { $0 = true } }
        #expect(throws: SystemFault.self) { try answer?.get() }
        #expect(!isDone.withLock { $0 })
    }
}

struct ConfinementTests {
    @Test func aConfinedThreadHasNeitherNetworkNorPrograms() {
        let faults = Mutex<[Int32]>([])
        let done = DispatchSemaphore(value: 0)
        Thread {
            let isConfined = (try? Confinement.enter(thread: true)) != nil
            for kind in [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] {
                let made = socket(kind, Int32(SOCK_STREAM.rawValue), 0)
                let fault = made < 0 ? errno : 0
                faults.withLock { $0.append(fault) }
            }
            var pair: [Int32] = [0, 0]
            let paired = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 ? 0 : errno
            let started = execv("/bin/true", [nil]) == 0 ? 0 : errno
            faults.withLock { $0 += isConfined ? [paired, started] : [] }
            done.signal()
        }.start()
        done.wait()
        #expect(faults.withLock { $0 } == [Int32](repeating: EACCES, count: 6))
        // The others go on as before.
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(made >= 0)
        close(made)
    }
}
