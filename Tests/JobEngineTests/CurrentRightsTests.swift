import Access
import EXAConf
import JobEngine
import Support
import Synchronization
import Testing
import Values

/// Rights are looked at again when a job begins.
@Suite(.timeLimit(.minutes(5))) struct CurrentRightsTests {
    /// A user the tests change while their job waits.
    private final class Users: UserDirectory {
        let admin = Mutex<DirectoryEntry?>(
            DirectoryEntry(name: "admin", userID: 1000, groupIDs: [499], roles: ["exaadm"]))
        let isAway = Mutex(false)

        func entry(of user: String, in document: Document) async throws(AccessError) -> DirectoryEntry? {
            if isAway.withLock({ $0 }) { throw .unavailable(retryAfter: .seconds(5)) }
            return admin.withLock { $0 }
        }
    }

    /// The end of a job that waited behind another one while something happened to its user.
    private func end(
        of request: JobRequest = .fixture("test_set", ["text": "x"]), after change: @Sendable (Users) -> Void
    ) async throws -> JobRecord {
        let (users, gate) = (Users(), Gate())
        var fixture = EngineFixture { command in
            if command.action == "slow" { await gate.wait() }
            return .ok(.null)
        }
        fixture.users = users
        return try await fixture.running { [fixture] scheduler in
            _ = try await scheduler.submit(.fixture("test_run", ["actions": ["slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            let job = try await scheduler.submit(request)
            change(users)
            await gate.open()
            return try await scheduler.wait(for: job.id, atMost: .seconds(60))
        }
    }

    private func request(by principal: Principal) -> JobRequest {
        JobRequest(
            type: "test_set", parameters: ["text": "x"], principal: principal,
            request: .init(dialect: "rest", address: "127.0.0.1"))
    }

    private func expectDenied(_ job: JobRecord, _ words: String) {
        #expect(job.outcome == .declined && job.errorCode == .permissionDenied)
        #expect(job.result?.text.contains(words) == true, "\(job.result?.text ?? "")")
    }

    @Test func whoKeepsTheRightsHasTheJobDone() async throws {
        #expect(try await end { _ in }.outcome == .ok)
    }

    @Test func whoLosesTheGroupHasItDeclined() async throws {
        let job = try await end { users in
            users.admin.withLock { $0 = DirectoryEntry(name: "admin", userID: 1000, roles: ["exausers"]) }
        }
        expectDenied(job, "It is allowed for: group exaadm.")
    }

    @Test func whoIsRemovedHasItDeclined() async throws {
        expectDenied(try await end { $0.admin.withLock { $0 = nil } }, "is not there any more")
    }

    @Test func somebodyElseOfThatNameIsNotMeant() async throws {
        let job = try await end { users in
            users.admin.withLock { $0 = DirectoryEntry(name: "admin", userID: 1001, roles: ["exaadm"]) }
        }
        expectDenied(job, "is not there any more")
    }

    @Test func whoMayNotLogInHasItDeclined() async throws {
        let job = try await end { users in
            users.admin.withLock {
                $0 = DirectoryEntry(name: "admin", userID: 1000, roles: ["exaadm"], loginEnabled: false)
            }
        }
        expectDenied(job, "may not log in any more")
    }

    @Test func accountsThatDoNotAnswerPermitNothing() async throws {
        expectDenied(try await end { $0.isAway.withLock { $0 = true } }, "the accounts of the node gave no answer")
    }

    /// A job that finds out only at its end that it changes what is root's.
    private static let late = JobDefinition(
        name: "test_late", noun: "test", summary: "Change the cluster's token at the end.", mode: .modify,
        permission: Permission(users: [], groups: ["exaadm"]), result: "none",
        work: .act { (_, _) throws(JobError) in
            var plan = Plan(commands: [Command("late", on: 11)])
            plan.amend = { (document, _) throws(JobError) in
                do throws(EXAConfError) {
                    try document.set("AuthenticationToken", to: "YW5vdGhlcg==", in: .global)
                } catch {
                    throw JobError(.parameterInvalid, error.message)
                }
            }
            return plan
        })

    /// The end of that job, asked for by somebody with the role root, whose user is another when its command has run.
    private func endOfLateJob(_ now: DirectoryEntry?) async throws -> JobRecord {
        let (users, gate) = (Users(), Gate())
        users.admin.withLock { $0 = DirectoryEntry(name: "boss", userID: 1000, roles: ["root"]) }
        var fixture = EngineFixture(catalogue: JobCatalogue([Self.late])) { _ in
            await gate.wait()
            return .ok(.null)
        }
        fixture.users = users
        return try await fixture.running { [fixture] scheduler in
            let boss = Principal(name: "boss", roles: ["root"], userID: 1000)
            let job = try await scheduler.submit(
                JobRequest(
                    type: "test_late", parameters: [:], principal: boss,
                    request: .init(dialect: "rest", address: "127.0.0.1")))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            users.admin.withLock { $0 = now }
            await gate.open()
            return try await scheduler.wait(for: job.id, atMost: .seconds(60))
        }
    }

    @Test func whatAJobChangesAtItsEndGoesByTheRightsOfThen() async throws {
        let root = DirectoryEntry(name: "boss", userID: 1000, roles: ["root"])
        #expect(try await endOfLateJob(root).outcome == .ok)
        for now in [DirectoryEntry(name: "boss", userID: 1000, roles: ["exaadm"]), nil] {
            let job = try await endOfLateJob(now)
            #expect(job.outcome == .failed && job.errorCode == .permissionDenied, "\(job)")
        }
    }

    @Test func rightsThatCameLaterAreNotPartOfALimitedLogin() async throws {
        let limited = Principal(name: "root", roles: ["exaadm"], userID: 0, method: .token, isLimited: true)
        let job = try await end(of: request(by: limited)) { users in
            users.admin.withLock { $0 = DirectoryEntry(name: "root", userID: 0, roles: ["root"]) }
        }
        #expect(job.outcome == .ok && job.requester.isLimited && !job.requester.principal.isRoot)
    }

    @Test(arguments: [Principal.schedule, Principal(name: "root", roles: ["root"], userID: 0, method: .peer)])
    func theDaemonAndRootOfTheMachineNeedNoAccount(principal: Principal) async throws {
        #expect(try await end(of: request(by: principal)) { $0.admin.withLock { $0 = nil } }.outcome == .ok)
    }

    @Test func aRequesterIsTheSameAfterARestart() throws {
        var requester = JobRecord.Requester(
            Principal(name: "root", roles: [], userID: 0, method: .token, isLimited: true))
        #expect(JobRecord.Requester(requester.value) == requester)
        #expect(!requester.principal.isRoot)
        requester = JobRecord.Requester(.schedule)
        #expect(JobRecord.Requester(requester.value) == requester)
    }
}
