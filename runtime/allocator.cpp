/// Settings of jemalloc, which reads them by this name. Freed pages go back to the system within a second or so, by a
/// thread of its own, so that leads that leave memory leave it for others too.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
