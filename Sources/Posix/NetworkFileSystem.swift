// Which file systems can hold a home: memory maps and locks must mean the same to every process.

import CSystem

extension FileSystem {
  /// The name of the network file system that `path` is on; nil on a local one. LMDB refuses remote
  /// file systems (lmdb.h, "Caveats": "Do not use LMDB databases on remote filesystems").
  /// Magic numbers from statfs(2).
  package static func networkFileSystem(_ path: String) throws(PosixError) -> String? {
    let magic = unsafe csystem_filesystem_magic(path)
    guard magic >= 0 else { throw PosixError("statfs", path) }
    switch magic {
    case 0x6969: return "NFS"
    case 0x517B, 0xFE53_4D42, 0xFF53_4D42: return "SMB"
    case 0x0102_1997: return "9P"
    case 0x00C3_6400: return "Ceph"
    case 0x5346_414F, 0x6B41_4653: return "AFS"
    case 0x7375_7245: return "Coda"
    default: return nil
    }
  }
}
