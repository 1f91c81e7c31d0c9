import Glibc
import Testing

@testable import EtcdStore

@Suite struct EtcdSpawnTests {
    @Test func aProgramGetsNoDescriptorsOfOthers() throws {
        // As a library opens them on another thread, for another program.
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let said = try EtcdSpawn.output(of: ["/bin/ls", "/proc/self/fd"])
        // The last one is the folder it reads.
        #expect(String(decoding: said, as: UTF8.self) == "0\n1\n2\n3\n")
    }
}
