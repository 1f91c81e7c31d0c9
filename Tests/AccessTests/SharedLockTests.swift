import Support
import Synchronization
import Testing

@testable import Access

/// Locks that hold on every node.
struct SharedLockTests {
    private let fixture = LoginFixture()
    private let sharing = RecordedSharing()

    private func lockOut(_ fixture: LoginFixture, from address: String = "192.0.2.7") async {
        for _ in 0..<5 { _ = await fixture.failure("anna", "wrong", from: address) }
    }

    private func news(locks: [SharedLock] = [], lifted: [String] = []) -> LoginNews {
        var news = LoginNews()
        (news.locks, news.liftedLocks) = (locks, lifted)
        return news
    }

    /// What one node counted, as another one is told.
    private func counted(_ work: (LoginFixture) async -> Void) async throws -> SharedLock {
        let other = LoginFixture()
        let sharing = RecordedSharing()
        other.service.shareLocks(by: sharing)
        await work(other)
        return try #require(sharing.locks.first)
    }

    @Test func whatIsCountedHereIsToldOnceWithItsEnd() async throws {
        fixture.service.shareLocks(by: sharing)
        await lockOut(fixture)
        _ = await fixture.failure("anna", "right")
        let lock = try #require(sharing.locks.first)
        #expect(sharing.locks.count == 1)
        #expect(lock.subject == .user("anna") && lock.address == "192.0.2.7")
        #expect(lock.id == fixture.service.lockouts().first?.id)
        #expect(lock.until - lock.setAt == 900_000)
    }

    /// There it is another machine.
    @Test(arguments: ["127.0.0.1", "::1"]) func anAddressOfThisMachineConcernsNobodyElse(address: String) async {
        fixture.service.shareLocks(by: sharing)
        await lockOut(fixture, from: address)
        #expect(sharing.locks.isEmpty && fixture.service.lockouts().count == 1)
    }

    @Test func aLockOfAnotherNodeKeepsOutAndEndsByItself() async throws {
        _ = try await fixture.login("anna", "right")
        fixture.service.take(news(locks: [try await counted { await lockOut($0) }]))
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
        #expect(await fixture.failure("anna", "right", from: "192.0.2.8") == nil)
        let lock = try #require(fixture.service.lockouts().first)
        // The other node was some seconds ahead when it counted.
        #expect(lock.user == "anna" && (.seconds(890)..<(.seconds(920))).contains(lock.remaining))
        fixture.time.advance(by: lock.remaining)
        #expect(fixture.service.lockouts().isEmpty)
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func aLockedAddressIsLockedForPasswordsAndTokensApart() async throws {
        let address = try await counted { other in
            for number in 0..<20 { _ = await other.failure("user\(number)", "wrong") }
        }
        let tokens = try await counted { other in
            for _ in 0..<20 { _ = try? await other.use("unknown") }
        }
        #expect(address.subject == .address && tokens.subject == .tokens)
        fixture.service.take(news(locks: [address]))
        guard case .rateLimited = await fixture.failure("anna", "right") else {
            Issue.record("the address is not limited")
            return
        }
        #expect(try await fixture.use("MTIzOjQ1Ng==").isRoot)
        fixture.service.take(news(locks: [tokens], lifted: [address.id]))
        #expect(try await fixture.login("anna", "right").name == "anna")
        await #expect(throws: AccessError.self) { _ = try await fixture.use("MTIzOjQ1Ng==") }
    }

    @Test func locksOfTwoCountsAreNotMixedUp() async throws {
        let bucket = try await counted { other in
            for _ in 0..<5 {
                _ = await other.service.passwords.attempt("anna", of: "b", from: "192.0.2.7", isRight: false)
            }
        }
        fixture.service.take(news(locks: [bucket]))
        #expect(try await fixture.login("anna", "right").name == "anna")
        let verdict = await fixture.service.passwords.attempt("anna", of: "b", from: "192.0.2.7", isRight: true)
        #expect(verdict == .locked(seconds: 900) || verdict == .locked(seconds: 899))
        #expect(fixture.service.lockouts().map(\.id) == [bucket.id])
    }

    @Test func whatHasEndedOrIsForeignIsNoLock() async throws {
        let lock = try await counted { await lockOut($0) }
        let now = fixture.time.now
        let others = [
            SharedLock(id: lock.id, subject: lock.subject, address: lock.address, setAt: now - 9, until: now),
            SharedLock(id: "0", subject: lock.subject, address: lock.address, setAt: now, until: now + 9000),
            SharedLock(id: lock.id, subject: lock.subject, address: lock.address, setAt: 0, until: .min),
        ]
        fixture.service.take(news(locks: others))
        #expect(fixture.service.lockouts().isEmpty)
    }

    @Test func aLockIsOneHoweverManyCountIt() async throws {
        await lockOut(fixture)
        fixture.service.take(news(locks: [try await counted { await lockOut($0) }]))
        #expect(fixture.service.lockouts().count == 1)
    }

    // MARK: Lifting

    @Test func whatIsLiftedElsewhereEndsHereWithWhatWasCounted() async throws {
        await lockOut(fixture)
        let lock = try await counted { await lockOut($0) }
        fixture.service.take(news(locks: [lock]))
        fixture.service.take(news(lifted: [lock.id]))
        #expect(fixture.service.lockouts().isEmpty)
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func aLockOfAllNodesIsLiftedOnAllOrNone() async throws {
        fixture.service.shareLocks(by: sharing)
        let lock = try await counted { await lockOut($0) }
        fixture.service.take(news(locks: [lock]))
        sharing.fails(with: .noMaster)
        await #expect(throws: AccessError.noMaster) {
            _ = try await fixture.service.unlock(id: lock.id, by: "root")
        }
        #expect(fixture.service.lockouts().count == 1 && !fixture.audit.kinds.contains(.unlock))
        sharing.fails(with: nil)
        #expect(try await fixture.service.unlock(id: lock.id, by: "root"))
        #expect(sharing.lifted == [lock.id])
        #expect(fixture.service.lockouts().isEmpty && fixture.audit.kinds.contains(.unlock))
        #expect(try await !fixture.service.unlock(id: lock.id, by: "root"))
    }

    @Test func aLockThatHoldsHereAloneIsLiftedHere() async throws {
        fixture.service.shareLocks(by: sharing)
        sharing.fails(with: .noMaster)
        await lockOut(fixture)
        let lock = try #require(fixture.service.lockouts().first)
        #expect(try await fixture.service.unlock(id: lock.id, by: "root"))
        #expect(sharing.forgotten == [lock.id])
    }

    @Test func aNewPasswordForgetsThemAll() async throws {
        fixture.service.shareLocks(by: sharing)
        let lock = try await counted { await lockOut($0) }
        fixture.service.take(news(locks: [lock]))
        await fixture.service.forgive(user: "anna")
        #expect(sharing.forgotten == [lock.id])
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func anotherStateHasOtherLocks() async throws {
        fixture.service.take(news(locks: [try await counted { await lockOut($0) }]))
        var whole = LoginNews()
        whole.isWhole = true
        fixture.service.take(whole)
        #expect(fixture.service.lockouts().isEmpty)
    }
}

/// Writes down what is to be told to other nodes.
private final class RecordedSharing: LockSharing {
    private struct State {
        var locks: [SharedLock] = []
        var lifted: [String] = []
        var forgotten: [String] = []
        var error: AccessError?
    }

    private let state = Mutex(State())

    var locks: [SharedLock] { state.withLock { $0.locks } }
    var lifted: [String] { state.withLock { $0.lifted } }
    var forgotten: [String] { state.withLock { $0.forgotten } }

    func fails(with error: AccessError?) { state.withLock { $0.error = error } }

    func share(_ lock: SharedLock) { state.withLock { $0.locks.append(lock) } }

    func lift(_ id: String) async throws(AccessError) {
        if let error = state.withLock({ $0.error }) { throw error }
        state.withLock { $0.lifted.append(id) }
    }

    func forget(_ ids: [String]) { state.withLock { $0.forgotten += ids } }
}
