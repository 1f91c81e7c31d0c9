import Foundation
import Support
import Testing

@testable import confd

struct InstallationLockTests {
    @Test func oneProcessHasAnInstallationAtATime() throws {
        try withFolder { folder in
            let installation = Installation(root: folder.path)
            #expect(try InstallationLock.holder(of: installation) == nil)
            try installation.makeFolders()
            let lock = try InstallationLock(installation)
            #expect(throws: Failure.self) { try InstallationLock(installation) }
            #expect(try InstallationLock.holder(of: installation)?.process == getpid())
            lock.release()
            #expect(try InstallationLock.holder(of: installation) == nil)
            try InstallationLock(installation).release()
        }
    }

    @Test func whoReadsEverythingAgainIsSeenToHaveDoneSo() throws {
        try withFolder { folder in
            let installation = Installation(root: folder.path)
            try installation.makeFolders()
            let lock = try InstallationLock(installation)
            defer { lock.release() }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)],
                ofItemAtPath: installation.storeDirectory + "/lock")
            #expect(try InstallationLock.holder(of: installation)?.reload.tv_sec == 1)
            lock.noteReload()
            #expect(try #require(try InstallationLock.holder(of: installation)).reload.tv_sec > 1)
        }
    }
}
