import Access
import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// A name that goes, and what beside it stays.
struct NameReplacementTests {
    private let names = NameReplacement("jane", by: "user-7f3a")

    @Test(arguments: [
        ("jane", "user-7f3a"), ("user:jane db:DB1", "user:user-7f3a db:DB1"), ("/users/jane", "/users/user-7f3a"),
        ("ssh-ed25519 AAAA jane@lab", "ssh-ed25519 AAAA user-7f3a@lab"), ("It was jane.", "It was user-7f3a."),
        ("jane, jane", "user-7f3a, user-7f3a"), ("(jane)", "(user-7f3a)"), ("--jane--", "--user-7f3a--"),
        ("jane's", "user-7f3a's"), ("jane\njohn", "user-7f3a\njohn"),
    ])
    func theNameIsReplacedWhereItIsAWord(text: String, expected: String) {
        #expect(names.replaced(in: text) == expected)
        #expect(names.replaced(in: expected) == nil)
    }

    @Test(arguments: [
        "", "jan", "janet", "mary_jane", "jane2", "jane.doe", "mary-jane", "jane-2", "Jane", "jané", "janeö",
    ])
    func otherNamesStay(text: String) {
        #expect(names.replaced(in: text) == nil)
    }

    @Test func anEmptyNameIsNowhere() {
        let none = NameReplacement("", by: "x")
        #expect(none.replaced(in: "") == nil && none.replaced(in: "a b") == nil)
        #expect(!none.mayFind(in: [1, 2]))
    }

    @Test func bytesAreFoundWhereverTheyStand() {
        #expect(names.mayFind(in: Array("janjane".utf8)[...]) && names.mayFind(in: Array("xjanet".utf8)[2...]) == false)
        #expect(!names.mayFind(in: []) && !names.mayFind(in: Array("jan".utf8)[...]))
    }

    @Test func valuesAreReplacedOnEveryLevel() {
        let value: Value = ["jane": ["id": 7, "groups": ["jane", "pilots"]], "n": 1]
        #expect(names.replaced(in: value) == ["user-7f3a": ["id": 7, "groups": ["user-7f3a", "pilots"]], "n": 1])
        #expect(names.replaced(in: ["n": 1, "list": [true, "janet"]] as Value) == nil)
    }

    // MARK: Jobs

    private func job(of user: String) -> JobRecord {
        var job = JobRecord.sample(1, user: user, outcome: .ok, key: "k-1")
        job.request.headers = ["user-agent": "lynx"]
        job.request.body = ["params": ["username": "jane"]]
        return job
    }

    @Test func ofAnOwnJobGoesWhereItCameFrom() throws {
        let changed = try #require(names.job(job(of: "jane").value))
        let job = try #require(JobRecord(changed))
        #expect(job.requester.name == "user-7f3a" && job.requester.roles == ["exaadm"] && job.requester.userID == nil)
        #expect(job.request.address.isEmpty && job.request.headers.isEmpty && job.idempotencyKey == nil)
        #expect(job.request.body["params"]?["username"] == "user-7f3a")
        #expect(names.job(changed) == nil)
    }

    @Test func ofAnothersJobTheNameGoes() throws {
        let changed = try #require(names.job(job(of: "admin").value))
        let job = try #require(JobRecord(changed))
        #expect(job.requester.name == "admin" && job.request.address == "10.0.0.1" && job.idempotencyKey == "k-1")
        #expect(job.request.body["params"]?["username"] == "user-7f3a")
        #expect(names.job(JobRecord.sample(1).value) == nil)
    }

    @Test func wordsOfOursStayWhatTheyAre() throws {
        for word in ["ok", "finished", "read", "rest", "db_list"] {
            let changed = NameReplacement(word, by: "user-7f3a").job(job(of: "admin").value)
            if let changed { #expect(JobRecord(changed) == job(of: "admin"), "\(word)") }
        }
    }

    // MARK: Events

    @Test func ofAnOwnEventGoesWhereItCameFrom() {
        let event: Value = [
            "event": "job", "time": 1, "user": "jane", "client_addr": "10.0.0.1", "auth": "password",
            "fields": ["user_agent": "lynx", "type": "jane", "path": "/users/jane", "objects": "user:jane"],
        ]
        #expect(
            names.event(event) == [
                "event": "job", "time": 1, "user": "user-7f3a", "auth": "password",
                "fields": ["type": "jane", "path": "/users/user-7f3a", "objects": "user:user-7f3a"],
            ])
    }

    @Test func ofAnothersEventTheNameGoes() {
        let event: Value = [
            "event": "login", "time": 1, "user": "ann", "client_addr": "10.0.0.1", "detail": "for jane",
        ]
        #expect(names.event(event)?["client_addr"] == "10.0.0.1" && names.event(event)?["detail"] == "for user-7f3a")
        #expect(names.event(["event": "login", "time": 1, "user": "ann"]) == nil)
    }

    @Test func whatSaysThatRecordsWereReplacedIsNotReplaced() {
        #expect(names.event(["event": "pseudonymised", "time": 1, "user": "jane"]) == nil)
    }

    // MARK: Configurations

    @Test func aFormerUserHasAPseudonymAndNoLogin() throws {
        var document = FixtureCluster.document
        try document.addUser(
            "jane",
            UserSettings(
                id: 3000, group: "exausers", isLoginEnabled: true, passwordHash: "$6$salt$hash",
                additionalGroups: ["exaadm"], authorizedKeys: ["ssh-ed25519 AAAA jane@lab"]))
        let former = try #require(document.settled(as: 5))
        let changed = try #require(names.configuration(former.text))
        let now = try Document(parsing: changed.text)
        #expect(now.revision == 5 && now.checksumState == .valid && changed.checksum == now.checksum)
        let user = try #require(now.user(named: "user-7f3a"))
        #expect(user.id == 3000 && user.allGroups == ["exausers", "exaadm"] && !user.isLoginEnabled)
        #expect(user.passwordHash == nil && user.authorizedKeys == [])
        #expect(now.user(named: "jane") == nil && !changed.text.contains("jane"))
        #expect(now.users.count == former.document.users.count)
        #expect(names.configuration(changed.text) == nil && names.configuration("[") == nil)
    }
}
