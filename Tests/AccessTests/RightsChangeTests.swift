import Access
import EXAConf
import Testing

struct RightsChangeTests {
    private static let roles: Set = ["root", "exaadm", "exadbadm", "exastoradm", "exabfsadm", "exausers", "operators"]
    private let administrator = Principal(name: "adm", roles: ["exaadm"])

    private func document(_ users: [String: [String: String]], ssl: String = "", token: String = "t") throws -> Document
    {
        let entries = users.sorted { $0.key < $1.key }.map { name, keys in
            "    [[\(name)]]\n" + keys.sorted { $0.key < $1.key }.map { "        \($0) = \($1)\n" }.joined()
        }
        return try Document(
            parsing: """
                [Global]
                    Revision = 1
                    Checksum = none
                    AuthenticationToken = \(token)
                [SSL]
                \(ssl)
                [Groups]
                    [[root]]
                        ID = 0
                    [[mine]]
                        ID = 7
                [Users]
                \(entries.joined())

                """)
    }

    private func user(_ group: String, id: Int = 1001, _ further: [String: String] = [:]) -> [String: String] {
        ["ID": String(id), "Group": group, "LoginEnabled": "True"].merging(further) { $1 }
    }

    private func refusal(
        _ before: Document, _ after: Document, to principal: Principal? = nil, all: Bool = false
    ) -> String? {
        RightsChange(from: before, to: after, roles: Self.roles)
            .refusal(to: principal ?? administrator, givesAll: all)
    }

    @Test func whatExaadmHasItGives() throws {
        for group in ["exaadm", "exadbadm", "exastoradm", "exabfsadm", "exausers", "mine"] {
            #expect(refusal(try document([:]), try document(["u": user(group)])) == nil)
            #expect(refusal(try document(["u": user(group)]), try document([:])) == nil)
        }
    }

    @Test(arguments: [
        ["Group": "root"], ["AdditionalGroups": "exausers, root"], ["AdditionalGroups": "operators"], ["ID": "0"],
    ])
    func moreIsRoots(_ change: [String: String]) throws {
        let (before, after) = (try document(["u": user("exausers")]), try document(["u": user("exausers", change)]))
        #expect(refusal(before, after)?.contains("access.exaadm_grants") == true)
        #expect(refusal(try document([:]), after) != nil)
        #expect(refusal(before, after, all: true) == nil)
        #expect(refusal(before, after, to: Principal(name: "x", roles: ["root"])) == nil)
        #expect(refusal(before, after, to: Principal(name: "root", roles: [])) == nil)
        let token = Principal(name: "root", roles: ["root"]).limited(to: ["exaadm"])
        #expect(refusal(before, after, to: token) != nil)
    }

    @Test(arguments: [
        ["Passwd": "$6$x"], ["LoginEnabled": "False"], ["AuthorizedKeys": "k"], ["Group": "exausers"], ["ID": "1002"],
    ])
    func whoStandsAboveIsNotChanged(_ change: [String: String]) throws {
        for above in [user("root"), user("exausers", ["AdditionalGroups": "operators"]), user("exausers", id: 0)] {
            let (before, after) = (
                try document(["u": above]), try document(["u": above.merging(change) { $1 }])
            )
            if before == after { continue }
            #expect(refusal(before, after) != nil)
            #expect(refusal(before, try document([:])) != nil)
        }
    }

    @Test func everybodyMaySetTheOwnPasswordAndNothingElse() throws {
        let (before, password, keys) = (
            try document(["u": user("exausers")]), try document(["u": user("exausers", ["Passwd": "$6$x"])]),
            try document(["u": user("exausers", ["AuthorizedKeys": "k"])])
        )
        let own = Principal(name: "u", roles: ["exausers"])
        #expect(refusal(before, password, to: own) == nil)
        #expect(refusal(before, keys, to: own) != nil)
        #expect(refusal(before, password, to: Principal(name: "v", roles: ["exausers"])) != nil)
        #expect(refusal(before, password, to: own.limited(to: ["exausers"])) != nil)
    }

    @Test func theTokenAndTheAuthorityOfClientsAreRoots() throws {
        let plain = try document([:])
        #expect(refusal(plain, try document([:], token: "other"), all: true) != nil)
        let asked = try document([:], ssl: "    CertVerify = optional\n")
        let moved = try document([:], ssl: "    CertVerify = optional\n    CertAuth = /exa/etc/ssl/x\n")
        for (before, after) in [(plain, asked), (asked, plain), (asked, moved)] {
            #expect(refusal(before, after, all: true)?.contains("CertAuth") == true)
        }
        #expect(refusal(plain, try document([:], ssl: "    CertAuth = /exa/etc/ssl/x\n")) == nil)
    }

    @Test func groupsThatGiveMoreAreRoots() throws {
        let before = try document([:])
        let text = before.text
        for (old, new) in [("[[mine]]", "[[operators]]"), ("ID = 7", "ID = 0"), ("    [[root]]\n        ID = 0\n", "")]
        {
            #expect(refusal(before, try Document(parsing: text.replacing(old, with: new))) != nil)
        }
        #expect(refusal(before, try Document(parsing: text.replacing("ID = 7", with: "ID = 8"))) == nil)
    }
}
