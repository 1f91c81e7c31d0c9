import Access
import Glibc
import PAMAuthenticator
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SystemDirectoryTests {
    @Test func rootHasIdAndGroupZero() async throws {
        let root = try #require(try await SystemDirectory().account(of: "root"))
        #expect(root.userID == 0)
        #expect(root.groupIDs.contains(0))
        #expect(root.groups.contains("root"))
    }

    @Test(arguments: ["", "confd-test-stranger", "ro\u{0}ot", "root:x", String(repeating: "x", count: 10_000)])
    func aStrangerHasNoAccount(name: String) async throws {
        #expect(try await SystemDirectory().account(of: name) == nil)
    }

    @Test func manyLookupsAtOnceAgree() async throws {
        let directory = SystemDirectory(threads: 4, queueLimit: 500)
        let wrong = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let name = number % 2 == 0 ? "root" : "confd-test-stranger"
                    let account = try? await directory.account(of: name)
                    return (account?.userID == 0) == (number % 2 == 0)
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 0 : 1 }
        }
        #expect(wrong == 0)
    }
}
