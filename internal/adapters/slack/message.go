package slack

import (
	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
)

// eventType marks our messages (docs.slack.dev/messaging/message-metadata), so
// that a message whose outcome was lost can be found by its elevation.
const eventType = "hoist_elevation"

// ephemeral is an answer to a command or at a response URL, seen by one person.
// The library's type would always add empty metadata.
type ephemeral struct {
	ResponseType    string           `json:"response_type"`
	ReplaceOriginal bool             `json:"replace_original"`
	Text            string           `json:"text"`
	Blocks          []slackapi.Block `json:"blocks"`
	Parse           string           `json:"parse"`
	Markdown        bool             `json:"mrkdwn"`
	UnfurlLinks     bool             `json:"unfurl_links"`
	UnfurlMedia     bool             `json:"unfurl_media"`
}

func ephemeralMessage(v chat.View) ephemeral {
	m := render(v)
	return ephemeral{ResponseType: "ephemeral", Text: m.text, Blocks: m.blocks, Parse: "none"}
}

// options is a view as the arguments of chat.postMessage and chat.update.
// Slack's defaults differ between the two, so each is always given.
func options(m message) slackapi.MsgOption {
	all := []slackapi.MsgOption{
		slackapi.MsgOptionText(m.text, false), // escaped by topText
		slackapi.MsgOptionBlocks(m.blocks...),
		slackapi.MsgOptionParse(false), // "none"
		slackapi.MsgOptionDisableMarkdown(),
		slackapi.MsgOptionDisableLinkUnfurl(),
		slackapi.MsgOptionDisableMediaUnfurl(),
	}
	if m.elevation != "" {
		all = append(all, slackapi.MsgOptionMetadata(slackapi.SlackMetadata{
			EventType: eventType, EventPayload: map[string]any{"elevation": string(m.elevation)},
		}))
	}
	return slackapi.MsgOptionCompose(all...)
}
