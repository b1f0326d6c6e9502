#include "adapters/inbound/mime.hpp"

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

/// Parts of one mail that are looked at, and how deep they may lie.
constexpr int parts_max = 200;
constexpr int depth_max = 16;

struct unref {
  template <class T>
  void operator()(T* object) const {
    g_object_unref(object);
  }
};
template <class T>
using owned = std::unique_ptr<T, unref>;

std::string or_empty(const char* text) { return text != nullptr ? std::string{text} : std::string{}; }

std::string without_brackets(std::string id) {
  if (id.starts_with('<')) id.erase(0, 1);
  return id.substr(0, id.find('>'));
}

/// The decoded bytes of any part.
std::string content_of(GMimePart* part) {
  auto* content = g_mime_part_get_content(part);
  if (content == nullptr) return {};
  const owned<GMimeStream> memory{g_mime_stream_mem_new()};
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string text_of(GMimeTextPart* part) {
  char* text = g_mime_text_part_get_text(part);
  auto out = or_empty(text);
  g_free(text);
  return out;
}

void add(std::string& to, std::string_view text) {
  if (text.empty()) return;
  if (!to.empty() && to.back() != '\n') to += '\n';
  to += text;
}

mail_headers headers_of(GMimeObject* object) {
  mail_headers out;
  auto* list = g_mime_object_get_header_list(object);
  for (int i = 0; i < g_mime_header_list_get_count(list); ++i) {
    auto* header = g_mime_header_list_get_header_at(list, i);
    out.emplace_back(or_empty(g_mime_header_get_name(header)),
                     clean_line(or_empty(g_mime_header_get_value(header))));
  }
  return out;
}

class walker {
 public:
  explicit walker(received_mail& out) : out_{out} {}

  void visit(GMimeObject* object, int depth) {
    if (object == nullptr || depth > depth_max || ++seen_ > parts_max) return;
    if (GMIME_IS_MULTIPART(object)) {
      auto* parts = GMIME_MULTIPART(object);
      for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
        visit(g_mime_multipart_get_part(parts, i), depth + 1);
      return;
    }
    // A mail inside a mail is somebody else's words; only what names it is kept.
    if (GMIME_IS_MESSAGE_PART(object)) return keep_returned(g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)));
    if (!GMIME_IS_PART(object)) return;
    take(object);
  }

 private:
  void keep_returned(GMimeMessage* message) {
    if (message != nullptr && out_.returned.empty()) out_.returned = headers_of(GMIME_OBJECT(message));
  }

  /// A report may return the headers alone, as text.
  void keep_returned(const std::string& text) {
    const owned<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(text.data(), text.size())};
    const owned<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get())};
    const owned<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr)};
    keep_returned(message.get());
  }

  void take(GMimeObject* object) {
    auto* type = g_mime_object_get_content_type(object);
    const auto is = [&](const char* major, const char* minor) {
      return g_mime_content_type_is_type(type, major, minor) != FALSE;
    };
    if (is("message", "delivery-status") || is("message", "feedback-report"))
      return add(out_.report, content_of(GMIME_PART(object)));
    if (is("text", "rfc822-headers")) return keep_returned(content_of(GMIME_PART(object)) + "\r\n");
    const char* disposition = g_mime_object_get_disposition(object);
    if (disposition != nullptr && lower_ascii(disposition) == "attachment") return;
    if (!GMIME_IS_TEXT_PART(object)) return;
    add(is("text", "html") ? out_.html : out_.text, text_of(GMIME_TEXT_PART(object)));
  }

  received_mail& out_;
  int seen_ = 0;
};

std::string from_of(GMimeMessage* message) {
  auto* list = g_mime_message_get_from(message);
  if (list == nullptr || internet_address_list_length(list) == 0) return {};
  auto* address = internet_address_list_get_address(list, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX(address)) return {};
  return normal_email(or_empty(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))));
}

}  // namespace

std::optional<received_mail> parse_mail(std::string_view raw) {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
  raw = raw.substr(0, mail_bytes_max);
  const owned<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(raw.data(), raw.size())};
  const owned<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get())};
  const owned<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr)};
  if (message == nullptr) return std::nullopt;
  received_mail out;
  out.headers = headers_of(GMIME_OBJECT(message.get()));
  if (out.headers.empty()) return std::nullopt;
  out.from = from_of(message.get());
  out.subject = clean_line(or_empty(g_mime_message_get_subject(message.get())));
  out.message_id = or_empty(g_mime_message_get_message_id(message.get()));
  out.in_reply_to =
      without_brackets(or_empty(g_mime_object_get_header(GMIME_OBJECT(message.get()), "In-Reply-To")));
  walker{out}.visit(g_mime_message_get_mime_part(message.get()), 0);
  out.text = clean_text(out.text);
  out.report = clean_text(out.report);
  return out;
}

std::string reply_text(const received_mail& mail) {
  auto text = with_links(mail.text.empty() ? html_reply_text(mail.html) : mail.text, mail.html);
  add(text, mail.report);
  return text;
}

}  // namespace heed::inbound
