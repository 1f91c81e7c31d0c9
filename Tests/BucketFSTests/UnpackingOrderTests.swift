import Posix
import Testing

@testable import BucketFS

struct UnpackingOrderTests {
    @Test func theProcessReadsWhatTheDaemonAsks() {
        var limits = ArchiveLimits()
        (limits.bytes, limits.entries, limits.freeBytes, limits.ratio) = (1, 2, 3, 4)
        limits.reservedBytes = 5
        for format in ArchiveFormat.allCases {
            for account in [nil, FileAccount(user: 500, group: 501)] {
                let order = UnpackingOrder(format, as: account, limits)
                #expect(UnpackingOrder(order.words) == order)
            }
        }
    }

    @Test(arguments: [
        [], [".tar"], [".rar", "1", "2", "3", "4", "5"], [".tar", "1", "2", "3", "4", "x"],
        [".tar", "1", "2", "3", "4", "5", "500"], [".tar", "1", "2", "3", "4", "5", "0", "0"],
        [".tar", "1", "2", "3", "4", "5", "-1", "500"], [".tar", "1", "2", "3", "4", "5", "500", "500", "6"],
    ])
    func whatIsNoOrderIsRefused(words: [String]) {
        #expect(UnpackingOrder(words) == nil)
    }
}
