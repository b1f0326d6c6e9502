#include "actors/workspace/notice.hpp"

#include <algorithm>

#include "actors/lead/gates.hpp"

namespace heed {
namespace {

using json = nlohmann::json;

std::string field(const lead_state& lead, const char* name) {
  const auto found = lead.fields.find(name);
  return found == lead.fields.end() ? std::string() : found->second;
}

std::string name_of(const lead_state& lead) {
  auto name = field(lead, "firstName");
  if (const auto last = field(lead, "lastName"); !last.empty()) name += (name.empty() ? "" : " ") + last;
  if (const auto company = field(lead, "company"); !company.empty()) name += (name.empty() ? "" : ", ") + company;
  return name;
}

std::string words_for(const std::string& what, const std::string& reason) {
  if (what == "meeting_canceled") return "canceled a meeting";
  if (what == "reminder") return "is still waiting for somebody";
  if (reason == "hot") return "is hot: over to you";
  if (reason == "meeting_booked") return "booked a meeting";
  return "was handed to people: " + reason;
}

json runs_of(const lead_state& lead) {
  auto all = json::array();
  for (const auto& r : lead.runs)
    all.push_back({{"run_id", run_id(r.campaign, lead.id)},
                   {"campaign_id", r.campaign.value},
                   {"status", std::string(to_string(r.status))},
                   {"cursor", r.cursor}});
  return all;
}

std::string api_link(const lead_state& lead, const policy& p) {
  return p.public_url + "/v1/workspaces/" + lead.workspace.value + "/leads/" + lead.id.value;
}

}  // namespace

notice lead_notice(const std::string& what, const std::string& reason, const lead_state& lead, const policy& p,
                   time_point now) {
  const auto name = name_of(lead);
  const auto email = address_for(lead, channel::email);
  const auto phone = address_for(lead, channel::sms);
  notice n;
  n.type = "lead." + what;
  n.data = {{"workspace", lead.workspace.value}, {"lead_id", lead.id.value}, {"reason", reason}, {"at", to_iso(now)},
            {"name", name},                      {"email", email},           {"phone", phone},  {"runs", runs_of(lead)}};
  if (lead.handoff) n.data["episode"] = lead.handoff->episode;
  if (lead.hot) n.data["score"] = lead.hot->score, n.data["threshold"] = lead.hot->threshold;
  if (!p.public_url.empty()) n.data["link"] = api_link(lead, p);

  n.subject = (name.empty() ? email.empty() ? lead.id.value : email : name) + " " + words_for(what, reason);
  auto line = [&](const char* label, const std::string& value) {
    if (!value.empty()) n.body += std::string(label) + ": " + value + "\n";
  };
  n.body = n.subject + "\n\n";
  line("Name", name);
  line("Email", email);
  line("Phone", phone);
  line("Lead", lead.id.value);
  if (lead.hot)
    line("Intent", std::to_string(lead.hot->score) + " of " + std::to_string(lead.hot->threshold) +
                       (lead.hot->with_reply ? ", with a reply" : ""));
  for (const auto& r : lead.runs)
    line("Campaign", r.campaign.value + ", " + std::string(to_string(r.status)) +
                         (r.end_reason.empty() ? "" : " (" + r.end_reason + ")"));
  n.body += "\nAutomation is silent until you hand the lead back.\n";
  if (what != "meeting_canceled")
    n.body += "Acknowledge: POST " + p.public_url + "/v1/workspaces/" + lead.workspace.value + "/handoffs/" + lead.id.value +
              "/acknowledge\n";
  return n;
}

notice alert_notice(const std::string& detail, const policy& p, time_point now) {
  notice n;
  n.type = "workspace.alert";
  n.subject = "Heed: " + p.workspace.value + ": " + detail;
  n.body = n.subject + "\n\nSeen at " + to_iso(now) + ". GET " + p.public_url + "/v1/workspaces/" + p.workspace.value +
           "/alerts lists what happened.\n";
  n.data = {{"workspace", p.workspace.value}, {"detail", detail}, {"at", to_iso(now)}};
  return n;
}

}  // namespace heed
