"""Query parameters that say how a reader came and not what is read.

A closed list, on purpose: a parameter taken for noise that names the article would make one
article of all of a site's. So a name is here only when it belongs to a known tracking system,
and everyday words such as `ref` count only with the name of a channel as their value. `id`,
`p`, `story`, `article`, `page`, `cid` and their like are not here and never will be.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRACKING_PREFIXES = (
    "utm_",  # Google Analytics and all who copy it
    "at_",  # Piano (AT Internet): at_medium, at_campaign, at_custom1, ...
    "ns_",  # Comscore: ns_mchannel, ns_source, ns_campaign, ...
    "pk_",  # Piwik
    "piwik_",
    "mtm_",  # Matomo
    "matomo_",
    "hsa_",  # HubSpot advertisements
    "itm_",
    "stm_",
    "lmd_",  # lmd_medium, lmd_campaign, ...
    "bsft_",  # Blueshift
    "oly_",  # Omeda
    "vero_",
    "wt_",  # Webtrekk, Webtrends: wt_mc, wt_zmc, ...
    "wt.",
    "fb_",  # fb_action_ids, fb_ref, ...
    "amp_",  # added by the AMP viewer: amp_js_v, amp_gsa, amp_tf, ...
    "aspsessionid",
)
_TRACKING_NAMES = _words(
    """
    fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid msclkid yclid
    ysclid twclid ttclid li_fat_id igshid igsh mibextid epik dicbo ob_click_id tblci irclickid
    irgwc cjevent rb_clickid wickedid _openstat
    mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash _hsenc _hsmi __hstc __hssc __hsfp
    hsctatracking ef_id s_kwcid elqtrackid elqtrack elqaid elqat _branch_match_id
    _branch_referrer _ga _gl __s emci emdi nr_email_referer
    cmp cmpid icid intcid intcmp s_cid ocid cvid xtor xtref xtcr spm ito smid smtyp emc tpcc
    sref srnd reflink m_bt sara_ecid sara_ref refresh_ce taid esrc cndid bxid dlvrit trk
    guccounter guce_referrer guce_referrer_sig ref_src ref_url __twitter_impression
    share_id share_from share_token sharetoken sharetype sfnsn usqp phpsessid jsessionid
    """
)
CHANNEL_NAMES = _words("ref from via source src partner share referer referrer medium")
_CHANNELS = _words(
    """
    rss rss1 rss2 feed feeds rssfeed atom newsletter email e-mail mail push notification social
    share sharing twitter x facebook fb instagram linkedin whatsapp telegram reddit pinterest
    bluesky mastodon threads line viber vk ok google googlenews google-news apple applenews
    flipboard msn yahoo amp app mobile desktop home homepage frontpage
    """
)
_AMP_SWITCHES = {
    "amp": frozenset(["", "1", "true"]),
    "_amp": frozenset(["", "1", "true"]),
    "outputtype": frozenset(["amp", "amp-type"]),
    "output": frozenset(["amp"]),
    "view": frozenset(["amp"]),
}


def is_noise(name: str, value: str) -> bool:
    """Whether a parameter says how the reader came, not what is read. `name` in lower case."""
    if name in _TRACKING_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    if name in CHANNEL_NAMES:
        return value.lower() in _CHANNELS
    return name in _AMP_SWITCHES and value.lower() in _AMP_SWITCHES[name]
