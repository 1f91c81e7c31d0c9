import Foundation
import Posix
import Support
import Testing

@testable import EtcdStore

/// The file etcd writes to.
struct EtcdLogTests {
    @Test func itIsCutUnderAWriterThatKeepsItOpen() throws {
        try withFolder { folder in
            let log = EtcdLog(path: folder.appending(path: "etcd.log").path, limit: 100)
            #expect(log.length == 0 && log.end(since: 0).isEmpty)
            #expect(try !log.cut())
            let writer = try log.open()
            try writer.write(Array(repeating: UInt8(ascii: "a"), count: 90)[...])
            #expect(try !log.cut())
            try writer.write(Array(repeating: UInt8(ascii: "b"), count: 90)[...])
            #expect(String(decoding: log.end(since: 170), as: UTF8.self) == String(repeating: "b", count: 10))
            #expect(try log.cut())
            try writer.write(Array("c".utf8)[...])
            #expect(log.length == 1)
            // A place of before counts for nothing.
            #expect(log.end(since: 170) == Array("c".utf8))
            let former = try Data(contentsOf: folder.appending(path: "etcd.log.1"))
            #expect(former.count == 100 && former.last == UInt8(ascii: "b"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }
}
