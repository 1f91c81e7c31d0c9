import Testing

@testable import Access

struct LockoutTests {
    private let start = Duration.seconds(100)
    private let address = "192.0.2.7"

    private func failing(_ times: Int, user: String = "anna", in lockout: inout Lockout, at now: Duration) -> Lockout
        .Lock?
    {
        var last: Lockout.Lock?
        for _ in 0..<times {
            guard lockout.admit(user: user, address: address, at: now) == .admitted else { return nil }
            last = lockout.fail(user: user, address: address, at: now)
        }
        return last
    }

    @Test func theFifthFailureLocks() throws {
        var lockout = Lockout()
        #expect(failing(4, in: &lockout, at: start) == nil)
        #expect(lockout.standing(user: "anna", address: address, at: start) == nil)
        let lock = try #require(failing(1, in: &lockout, at: start))
        #expect(lock.user == "anna")
        #expect(lock.until == start + .seconds(900))
        #expect(lockout.admit(user: "anna", address: address, at: start) == .locked(until: lock.until))
        #expect(lockout.admit(user: "anna", address: address, at: lock.until) == .admitted)
    }

    @Test func theLockHoldsForUserAndAddressTogether() {
        var lockout = Lockout()
        _ = failing(5, in: &lockout, at: start)
        #expect(lockout.standing(user: "anna", address: "192.0.2.8", at: start) == nil)
        #expect(lockout.standing(user: "bert", address: address, at: start) == nil)
    }

    @Test func failuresFarApartDoNotAddUp() {
        var lockout = Lockout()
        for step in 0..<20 {
            let now = start + .seconds(76 * step)
            #expect(failing(1, in: &lockout, at: now) == nil)
        }
    }

    @Test func eachFurtherLockLastsTwiceAsLongUpToFourHours() {
        var lockout = Lockout()
        var now = start
        var lengths: [Duration] = []
        for _ in 0..<6 {
            guard let lock = failing(5, in: &lockout, at: now) else { break }
            lengths.append(lock.until - now)
            now = lock.until
        }
        #expect(lengths == [900, 1800, 3600, 7200, 14_400, 14_400].map { .seconds($0) })
    }

    @Test func earlierLocksAreForgottenAfterADay() throws {
        var lockout = Lockout()
        let lock = try #require(failing(5, in: &lockout, at: start))
        let later = lock.until + .seconds(86_400)
        let next = try #require(failing(5, in: &lockout, at: later))
        #expect(next.until - later == .seconds(900))
    }

    @Test func aSuccessForgetsFailuresAndEarlierLocks() throws {
        var lockout = Lockout()
        let lock = try #require(failing(5, in: &lockout, at: start))
        #expect(lockout.admit(user: "anna", address: address, at: lock.until) == .admitted)
        lockout.succeed(user: "anna", address: address)
        let later = lock.until + .seconds(300)
        let next = try #require(failing(5, in: &lockout, at: later))
        #expect(next.until - later == .seconds(900))
    }

    @Test func twentyFailuresLimitTheAddressWhateverTheUser() {
        var lockout = Lockout()
        for number in 0..<20 {
            let now = start + .seconds(number)
            #expect(lockout.admit(user: "user\(number)", address: address, at: now) == .admitted)
            let lock = lockout.fail(user: "user\(number)", address: address, at: now)
            #expect((lock != nil) == (number == 19))
        }
        let end = start + .seconds(300)
        let now = start + .seconds(20)
        #expect(lockout.admit(user: "somebody", address: address, at: now) == .rateLimited(until: end))
        #expect(lockout.admit(user: "", address: address, at: now) == .rateLimited(until: end))
        #expect(lockout.locks(at: now).map(\.user) == [nil])
        #expect(lockout.admit(user: "somebody", address: address, at: end) == .admitted)
    }

    @Test func aSuccessDoesNotWashAnAddressClean() {
        var lockout = Lockout()
        for number in 0..<20 {
            _ = lockout.fail(user: "user\(number)", address: address, at: start)
            lockout.succeed(user: "mine", address: address)
        }
        #expect(lockout.standing(user: "other", address: address, at: start) != nil)
    }

    @Test func whoWasRightBeforeIsNotKeptOutByStrangersBehindTheSameAddress() {
        var lockout = Lockout()
        lockout.succeed(user: "anna", address: address)
        for number in 0..<20 { _ = lockout.fail(user: "user\(number)", address: address, at: start) }
        #expect(
            lockout.standing(user: "berta", address: address, at: start) == .rateLimited(until: start + .seconds(300)))
        #expect(lockout.admit(user: "anna", address: address, at: start) == .admitted)
        lockout.release(user: "anna", address: address)
        // Guesses at her own password are no more than anybody else has.
        #expect(failing(5, in: &lockout, at: start) != nil)
        #expect(lockout.standing(user: "anna", address: address, at: start) != nil)
    }

    @Test func wrongTokensKeepNoPasswordOut() throws {
        var lockout = Lockout()
        for _ in 0..<19 {
            let lock = lockout.failToken(address: address, at: start)
            #expect(lock == nil)
        }
        let last = lockout.failToken(address: address, at: start)
        let lock = try #require(last)
        let end = start + .seconds(300)
        #expect(lockout.tokenStanding(address: address, at: start) == .rateLimited(until: end))
        #expect(lockout.tokenStanding(address: "192.0.2.8", at: start) == nil)
        #expect(lockout.standing(user: "anna", address: address, at: start) == nil)
        #expect(lockout.locks(at: start) == [lock] && lock.user == nil && lock.until == end)
        let ended = lockout.unlock(id: lock.id, at: start)
        #expect(ended == lock)
        #expect(lockout.tokenStanding(address: address, at: start) == nil)
    }

    @Test func spellingsOfANameHaveNoGuessesOfTheirOwn() {
        var lockout = Lockout()
        for name in ["anna", "Anna", "ANNA", "aNNa", "annA"] { _ = failing(1, user: name, in: &lockout, at: start) }
        #expect(lockout.standing(user: "AnnA", address: address, at: start) != nil)
        lockout.forget(user: "Anna")
        #expect(lockout.standing(user: "anna", address: address, at: start) == nil)
    }

    @Test func parallelGuessesCannotOutrunTheCount() {
        var lockout = Lockout()
        for _ in 0..<5 {
            #expect(lockout.admit(user: "anna", address: address, at: start) == .admitted)
        }
        #expect(lockout.admit(user: "anna", address: address, at: start) == .busy)
        lockout.release(user: "anna", address: address)
        #expect(lockout.admit(user: "anna", address: address, at: start) == .admitted)
    }

    @Test func anAttemptWithoutResultLeavesNothing() {
        var lockout = Lockout()
        _ = lockout.admit(user: "anna", address: address, at: start)
        #expect(lockout.count == 1)
        lockout.release(user: "anna", address: address)
        lockout.release(user: "anna", address: address)
        #expect(lockout.count == 0)
    }

    @Test(arguments: ["127.0.0.1", "::1", "", "local", "::ffff:127.0.0.1"])
    func localRootIsSlowedAndNeverLocked(local: String) {
        var lockout = Lockout()
        var (now, guesses) = (start, 0)
        for _ in 0..<600 {
            now += .milliseconds(100)
            guard lockout.admit(user: "root", address: local, at: now) == .admitted else { continue }
            guesses += 1
            #expect(lockout.fail(user: "root", address: local, at: now) == nil)
        }
        #expect(guesses == 60)
        #expect(lockout.locks(at: now).isEmpty)
        for number in 0..<20 {
            _ = lockout.fail(user: "user\(number)", address: local, at: now)
        }
        #expect(lockout.admit(user: "anna", address: local, at: now) != .admitted)
        #expect(lockout.admit(user: "root", address: local, at: now + .seconds(1)) == .admitted)
    }

    @Test func guessesAtLocalRootSideBySideAreNoFaster() {
        var lockout = Lockout()
        for _ in 0..<5 { #expect(lockout.admit(user: "root", address: "::1", at: start) == .admitted) }
        #expect(lockout.admit(user: "root", address: "::1", at: start) == .busy)
        for _ in 0..<5 { _ = lockout.fail(user: "root", address: "::1", at: start) }
        for _ in 0..<50 { _ = lockout.fail(user: "root", address: "::1", wasAdmitted: false, at: start) }
        let end = start + .seconds(5)
        #expect(lockout.admit(user: "root", address: "::1", at: start) == .slowed(until: end))
        #expect(lockout.admit(user: "root", address: "::1", at: end) == .admitted)
        lockout.succeed(user: "root", address: "::1")
        #expect(lockout.count == 0)
    }

    @Test func attemptsUnderWayCountForTheAddress() {
        var lockout = Lockout()
        for number in 0..<20 {
            #expect(lockout.admit(user: "user\(number)", address: address, at: start) == .admitted)
        }
        #expect(lockout.admit(user: "user20", address: address, at: start) == .busy)
        #expect(lockout.admit(user: "user20", address: "192.0.2.8", at: start) == .admitted)
        lockout.release(user: "user0", address: address)
        lockout.succeed(user: "user1", address: address)
        _ = lockout.fail(user: "user2", address: address, at: start)
        #expect(lockout.admit(user: "user20", address: address, at: start) == .admitted)
        #expect(lockout.admit(user: "user21", address: address, at: start) == .admitted)
        #expect(lockout.admit(user: "user22", address: address, at: start) == .busy)
    }

    @Test func whoWasRightBeforeGoesFirstAndWhoseAddressFailedLast() {
        var lockout = Lockout()
        #expect(lockout.rank(user: "anna", address: address, at: start) == 1)
        _ = lockout.admit(user: "bert", address: address, at: start)
        _ = lockout.fail(user: "carl", address: address, wasAdmitted: false, at: start)
        #expect(lockout.rank(user: "anna", address: address, at: start) == 2)
        lockout.release(user: "bert", address: address)
        #expect(lockout.rank(user: "anna", address: address, at: start) == 2)
        _ = lockout.admit(user: "anna", address: address, at: start)
        lockout.succeed(user: "anna", address: address)
        #expect(lockout.rank(user: "anna", address: address, at: start) == 0)
        #expect(lockout.rank(user: "dora", address: address, at: start) == 2)
        #expect(lockout.rank(user: "dora", address: address, at: start + .seconds(300)) == 1)
        #expect(lockout.rank(user: "anna", address: "192.0.2.8", at: start) == 1)
    }

    @Test func whatWasCountedAgainstAUserIsForgotten() {
        var lockout = Lockout()
        #expect(failing(5, in: &lockout, at: start) != nil)
        lockout.forget(user: "anna")
        #expect(lockout.standing(user: "anna", address: address, at: start) == nil)
    }

    @Test(arguments: ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    func behindProxiesRootFromLoopbackIsLockedLikeAnyone(address: String) {
        var policy = LockoutPolicy()
        policy.sparesLoopback = false
        var lockout = Lockout(policy: policy)
        for _ in 0..<5 { _ = lockout.fail(user: "root", address: address, wasAdmitted: false, at: start) }
        #expect(lockout.admit(user: "root", address: address, at: start) == .locked(until: start + .seconds(900)))
        for _ in 0..<5 { _ = lockout.fail(user: "root", address: "local", wasAdmitted: false, at: start) }
        #expect(lockout.standing(user: "root", address: "local", at: start) == nil, "no proxy stands before the socket")
    }

    @Test func remoteRootIsLockedLikeAnyone() {
        var lockout = Lockout()
        #expect(failing(5, user: "root", in: &lockout, at: start) != nil)
    }

    @Test func oneNetworkOfIPv6CountsAsOneAddress() {
        var lockout = Lockout()
        for number in 1...5 {
            _ = lockout.fail(user: "anna", address: "2001:db8:1:2::\(number)", at: start)
        }
        #expect(lockout.standing(user: "anna", address: "2001:db8:1:2:ffff::1", at: start) != nil)
        #expect(lockout.standing(user: "anna", address: "2001:db8:1:3::1", at: start) == nil)
    }

    @Test func aLockIsListedAndTakenAway() throws {
        var lockout = Lockout()
        let lock = try #require(failing(5, in: &lockout, at: start))
        #expect(lockout.locks(at: start) == [lock])
        #expect(lock.id.count == 16)
        #expect(lockout.unlock(id: "0000000000000000", at: start) == nil)
        #expect(lockout.unlock(id: lock.id, at: start) == lock)
        #expect(lockout.unlock(id: lock.id, at: start) == nil)
        #expect(lockout.admit(user: "anna", address: address, at: start) == .admitted)
        #expect(lockout.locks(at: start).isEmpty)
    }

    @Test func aLimitedAddressIsTakenAwayById() throws {
        var lockout = Lockout()
        for number in 0..<20 {
            _ = lockout.fail(user: "user\(number)", address: address, at: start)
        }
        let lock = try #require(lockout.locks(at: start).first)
        #expect(lockout.unlock(id: lock.id, at: start) != nil)
        #expect(lockout.standing(user: "anna", address: address, at: start) == nil)
    }

    @Test func resetForgetsEverything() {
        var lockout = Lockout()
        _ = failing(5, in: &lockout, at: start)
        lockout.reset()
        #expect(lockout.count == 0)
        #expect(lockout.locks(at: start).isEmpty)
    }

    @Test func memoryIsBoundedAndLocksAreTheLastToGo() throws {
        var policy = LockoutPolicy()
        policy.capacity = 64
        var lockout = Lockout(policy: policy)
        let lock = try #require(failing(5, in: &lockout, at: start))
        for number in 0..<5000 {
            _ = lockout.fail(user: "user\(number)", address: "10.0.\(number / 250).\(number % 250)", at: start)
        }
        #expect(lockout.count <= 64)
        #expect(lockout.locks(at: start).contains(lock))
    }
}
