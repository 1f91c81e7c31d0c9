import Foundation
import Testing
import Values

@testable import confd_client

struct VerbTests {
    private func order(_ words: [String], names: [String] = []) throws(Failure) -> Order {
        try Order(try Invocation(words), names: names)
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            let failure = error as? Failure
            return failure?.code == .usage ? failure?.message : nil
        }
    }

    @Test func everyWordIsInTheHelpOnceAndExplainsItself() {
        for verb in Verb.allCases {
            let lines = Usage.text.split(separator: "\n").filter { $0.hasPrefix("    \(verb.rawValue) ") }
            #expect(lines.count == 1 && lines[0].hasSuffix(verb.summary))
            #expect(verb.help.hasPrefix("Usage: confd_client \(verb.rawValue)") && verb.help.hasSuffix(".\n"))
        }
        for line in Usage.text.split(separator: "\n") { #expect(line.count < 116) }
    }

    @Test func theHelpOfAWordIsItsUseAndWhatItDoes() {
        #expect(
            Verb.lockouts.help == """
                Usage: confd_client lockouts
                       confd_client lockouts remove ID...

                Who is locked after failed logins.
                Each node counts failures itself: ask the one that refuses.

                """)
        #expect(
            Verb.backups.help == """
                Usage: confd_client backups [database: NAME] [volume: NAME] [usable: true|false]

                Backups of all databases.

                """)
    }

    @Test func wordsStandBeforeNamesAndValues() throws {
        let order = try order(
            ["tokens", "add", "ci", "expires:", "90d", "roles:", "[a, b]"], names: ["expires", "roles"])
        #expect(order.words == ["add", "ci"])
        #expect(order.texts("roles") == ["a", "b"] && order.texts("none") == [])
        #expect(try order.text("expires") == "90d")
        #expect(try order.name("a name") == "ci")
        #expect(throws: Failure.self) { try order.text("roles") }
        let id = "database-down:db:SALES"
        #expect(try self.order(["findings", "mute", id, "until:", "2d"], names: ["until"]).name("an id") == id)
    }

    @Test func aWrongNameIsToldWithTheOneThatIsMeant() {
        let names = Session.historyFilters
        #expect(
            refusal { _ = try order(["history", "sinse:", "1h"], names: names) }
                == "'history' knows no 'sinse'. Did you mean 'since:'? Of these names there is \(names.joined(separator: ", "))."
        )
        #expect(
            refusal { _ = try order(["history", "limit:", "3"], names: names) }
                == "'history' knows no 'limit'. Say how many with -n NUMBER.")
        #expect(
            (try? order(["rules", "ad"]))?.unknown(["list", "add", "remove"]).message
                == "'rules ad' is nothing we know; did you mean 'add'?")
    }

    @Test func statesAreWordsOfOursOrThoseOfTheDaemon() throws {
        #expect(try JobStates(["open"]).query == "&done=false" && JobStates(["ended"]).query == "&done=true")
        #expect(try JobStates(["failed", "lost"]).query == "&outcome=failed&outcome=lost")
        #expect(try JobStates(["executed"]).query == "&stage=executed" && JobStates([]).query == "")
        let waiting = try JobStates(["waiting"])
        #expect(DisplayTests.jobs.map(waiting.admits) == [false, true, false])
        #expect(DisplayTests.jobs.map(try JobStates(["running"]).admits) == [true, false, false])
        #expect(DisplayTests.jobs.map(JobStates.state) == ["running", "waiting", "failed"])
        #expect(refusal { _ = try JobStates(["faild"]) } == "'faild' is no state of a job; did you mean 'failed'?")
        #expect(refusal { _ = try JobStates(["open", "failed"]) } != nil)
    }

    @Test(arguments: [
        (nil, ""), ("11.4", "#/jobs/11.4"), ("job:11.4", "#/jobs/11.4"), ("r12", "#/access"),
        ("revision:7", "#/configuration/7"), ("db:SALES", "#/history?span=&object=db%3ASALES"),
    ])
    func anObjectHasAnAddress(object: String?, place: String) throws {
        #expect(try Session.place(of: object) == place)
    }

    @Test(arguments: ["SALES", ":x", "db:", "", "11"])
    func whatIsNoObjectIsRefused(object: String) {
        #expect(throws: Failure.self) { try Session.place(of: object) }
    }

    @Test func aWitnessIsInvitedByItsAddress() throws {
        #expect(try Session.invitation(["witness", "10.0.0.9"]) == ["address": "10.0.0.9", "witness": true])
        #expect(try Session.invitation(["12"]) == ["node_id": 12])
        #expect(try Session.invitation(["10.0.0.12"]) == ["address": "10.0.0.12"])
        for words in [[], ["witness"], ["a", "b"], [""]] {
            #expect(throws: Failure.self) { try Session.invitation(words) }
        }
        let made: Value = ["node_id": 1_000_000, "address": "10.0.0.9", "token": "t", "name": "w", "network": "x"]
        #expect(
            try Session.text(ofInvitation: made) == """
                10.0.0.9 is to be the witness, with a vote and nothing else
                On the new machine, within 1 hour, once:
                    confd cluster join t

                """)
    }

    @Test func levelsAreASentenceAndTheNodes() {
        let told: Value = [
            "sentence": "level 1 is in force; level 2 waits: node 13 knows level 1", "level": 1, "next": 2,
            "members": [
                ["node": 11, "version": "0.5.0", "levels": [1, 2]],
                ["node": 13, "lack": "is away"],
            ],
        ]
        #expect(
            Session.text(ofLevel: told, on: DisplayTests.pipe).text(hasColours: false) == """
                level 1 is in force; level 2 waits: node 13 knows level 1
                NODE  VERSION  LEVELS  LACK
                11    0.5.0    1 to 2  -
                13    -        -       is away

                """)
    }

    @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (64_400_000, "61.4 MiB"), (1 << 40, "1.0 TiB")])
    func bytesAreToldInUnits(bytes: Int, text: String) {
        #expect(Session.size(bytes) == text)
    }

    @Test func aFindingTellsWhoKnowsOfIt() {
        let finding: Value = ["silence": ["kind": "muted", "user": "admin", "reason": "new disks"]]
        #expect(Session.row(ofFinding: finding) == ["known": "muted by admin: new disks"])
        #expect(Session.row(ofFinding: [:]).isEmpty)
        #expect(Session.row(ofBackup: ["usable": true, "size_bytes": 2048]) == ["state": "usable", "size": "2.0 KiB"])
        #expect(Session.row(ofBackup: ["usable": true, "expired": true])["state"] == "expired")
    }

    @Test func howAJobWaitsIsSaidByOptions() throws {
        let line = try Invocation([
            "db_stop", "db_name:", "DB1", "--priority", "high", "--timeout=5m", "--depends-on", "11.4,11.5",
            "--depends-on",
            "11.6", "--idempotency-key", "ticket 7",
        ])
        #expect(line.scheduling.priority == "high" && line.timeout == 300)
        #expect(
            line.scheduling.dependencies == ["11.4", "11.5", "11.6"] && line.scheduling.idempotencyKey == "ticket 7")
        // A parameter of that name stays one.
        #expect(try Invocation(["db_start", "timeout:", "30"]).words == ["timeout:", "30"])
        for words in [
            ["--priority", "urgent"], ["--timeout", "soon"], ["--depends-on", ","], ["--idempotency-key", "\""],
        ] {
            #expect(throws: Failure.self) { try Invocation(["x"] + words) }
        }
    }
}
